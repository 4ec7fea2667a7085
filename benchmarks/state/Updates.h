// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "../stream/Series.h"
#include "CardDb.h"

#include <DurableStreams/Stream>

#include <QByteArrayList>
#include <QProcess>

/*!
 * Appends updates of one row each, while another process, this program in its role `follow`, shows the rows; a turn
 * lasts until that process's dataChanged() slot, and the next one begins when the append was answered too.
 */
class Updates : public Series
{
    Q_OBJECT

public:
    /*! \a updates: an event each; as many turns, a tenth of them not counted. */
    Updates(const QUrl &url, const QByteArrayList &updates);
    ~Updates() override;

    void start();

protected:
    void turn(int number) override;

private:
    void readFollower();
    void goOn();

    const QByteArrayList m_updates;
    DurableStreams::Stream m_stream{&m_session.network};
    QProcess m_follower;
    QStringList m_positions; // that the updates set
    int m_number = 0;
    int m_ready = 0; // of answer and arrival
    qint64 m_arrivedAt = 0;
};

/*!
 * Shows a stream of cards: writes `{"opened": true}` once it is live, then `{"position": text, "at": ns}` for each row
 * that dataChanged() names.
 */
class UpdateFollower : public QObject
{
    Q_OBJECT

public:
    explicit UpdateFollower(const QUrl &url);

    void start();

private:
    void openOnce();
    void show(const QModelIndex &first, const QModelIndex &last) const;

    CardDb m_db;
    int m_positionRole;
    bool m_isOpen = false;
};
