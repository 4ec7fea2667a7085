// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Board.h"

#include <QJsonArray>
#include <QProcess>

/*!
 * Drops cards one after another, and notes for each how long it took to show in another process and to be confirmed.
 *
 * The other process is this program in its role `follow`. Written to standard output at the end, as a line of JSON:
 * `{"signal": [ns…], "confirmed": [ns…]}`.
 */
class Drops : public QObject
{
    Q_OBJECT

public:
    /*! \a moves: what is dropped, `[{key, column, position}]`; the first \a warmUp of them are not counted. */
    Drops(const QUrl &url, const QJsonArray &moves, int warmUp, QObject *parent = nullptr);
    ~Drops() override;

    void start();

private:
    void startFollower(const QString &url);
    void readFollower();
    void drop();
    void onConfirmed(DurableStreams::Transaction *transaction);
    void onShown(const QString &key, qint64 at);
    void goOn();
    void report() const;

    Board m_board;
    QProcess m_follower;
    const QJsonArray m_moves;
    const int m_warmUp;
    int m_current = -1;
    int m_ready = 0;
    qint64 m_droppedAt = 0;
    qint64 m_shownAt = 0;
    qint64 m_confirmedAt = 0;
    QJsonArray m_signal;
    QJsonArray m_confirmed;
};
