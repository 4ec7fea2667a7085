// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Session.h"

#include <DurableStreams/StreamReader>

#include <QObject>

/*! Follows a stream from its end on, and tells of each message that it has parsed. */
class Follower : public QObject
{
    Q_OBJECT

public:
    using Mode = DurableStreams::StreamReader::Mode;

    Follower(Session *session, Mode mode);

    void start() { m_reader.start({"now", 0}); }

Q_SIGNALS:
    /*! A live request is under way. */
    void opened();
    void arrived(int number, qint64 at);

private:
    void take();

    DurableStreams::StreamReader m_reader;
};
