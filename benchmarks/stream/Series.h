// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Session.h"

#include <QJsonArray>
#include <QObject>

/*!
 * Something that is done many times over, each time once the one before is over, and timed. The first tenth is not
 * counted. At the end the times are written as `{"times": [ns…]}` and the event loop ends.
 */
class Series : public QObject
{
    Q_OBJECT

public:
    /*! Times \a count turns. */
    Series(const QUrl &url, int count);

    void start() { next(); }

protected:
    /*! Begins turn \a number, from 0 on; ended() has to follow. */
    virtual void turn(int number) = 0;
    /*! The turn was over at \a at. The next one follows from the event loop. */
    void ended(qint64 at);

    Session m_session;

private:
    void next();

    const int m_warmUp;
    const int m_turns;
    int m_number = -1;
    qint64 m_startedAt = 0;
    QJsonArray m_times;
};
