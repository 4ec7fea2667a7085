// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QObject>
#include <QUrl>
#include <QVariantMap>

#include <chrono>

/*! Where no server is. */
QUrl deadUrl();
/*! Edit \a number: one field, to a value that no card had before. */
QVariantMap patchOf(int number);

/*! A stream of cards that is kept on disk, with a session of its own, as an app would have it. */
class StoredCards : public QObject
{
    Q_OBJECT

public:
    /*! Kept in \a folder; nowhere without one. */
    StoredCards(const QUrl &url, const QString &folder,
                std::chrono::milliseconds checkpointDelay = std::chrono::seconds(1));

    DurableStreams::StreamDb *streamDb() { return &m_streamDb; }
    DurableStreams::Collection *cards() const { return m_cards; }

    /*! Changes one field of card \a number, in a transaction of its own. */
    DurableStreams::Transaction *edit(int number);
    /*! The same with the first \a count cards; saved() follows. */
    void editFirst(int count);

Q_SIGNALS:
    /*! The rows as of \a offset are on disk. */
    void checkpointed(const QByteArray &offset);
    /*! The server has accepted \a count more edits, \a at nanoseconds. */
    void accepted(int count, qint64 at);
    /*! What editFirst() changed is on disk. */
    void saved();

private:
    DurableStreams::Session m_session;
    DurableStreams::StreamDb m_streamDb;
    DurableStreams::Collection *m_cards;
    int m_unsaved = 0;
};
