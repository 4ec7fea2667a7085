// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StoredCards.h"

#include "../state/CardDb.h"
#include "../stream/Session.h"
#include "WatchedOutbox.h"

#include <DurableStreams/SqliteStore>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

// Tells when a checkpoint is on disk, and what the server has accepted.
class WatchedStore : public Store
{
public:
    WatchedStore(const SqliteStoreOptions &options, StoredCards *watcher)
        : m_store(options)
        , m_watcher(watcher)
    {
    }
    std::unique_ptr<CheckpointStore> makeCheckpoint(const QString &stream) const override
    {
        std::unique_ptr<CheckpointStore> checkpoint = m_store.makeCheckpoint(stream);
        QObject::connect(checkpoint.get(), &CheckpointStore::written, m_watcher, &StoredCards::checkpointed);
        return checkpoint;
    }
    std::unique_ptr<OutboxStore> makeOutbox(const QString &stream) const override
    {
        auto outbox = std::make_unique<WatchedOutbox>(m_store.makeOutbox(stream));
        QObject::connect(outbox.get(), &WatchedOutbox::accepted, m_watcher, &StoredCards::accepted);
        return outbox;
    }

private:
    const SqliteStore m_store;
    StoredCards *const m_watcher;
};

} // namespace

QUrl deadUrl()
{
    return QUrl(u"http://127.0.0.1:9/v1/stream/cards"_s);
}

QVariantMap patchOf(int number)
{
    return {{u"position"_s, u'V' + QString::number(number).rightJustified(8, u'0')}};
}

StoredCards::StoredCards(const QUrl &url, const QString &folder, std::chrono::milliseconds checkpointDelay)
    : m_streamDb(&m_session, u"cards"_s, url)
    , m_cards(m_streamDb.collection(cardSchema()))
{
    if (!folder.isEmpty()) {
        SqliteStoreOptions options;
        options.folder = folder;
        options.checkpointDelay = checkpointDelay;
        m_session.setStore(std::make_shared<WatchedStore>(options, this));
    }
    m_streamDb.setCreateIfMissing(false);
    m_streamDb.setLiveMode(StreamDb::LiveMode::OnlySse);
    // A server that is not there is tried again.
    connect(&m_streamDb, &StreamDb::errorOccurred, this, [](const StreamError &error) {
        if (!error.isRetryable())
            fail(error.message());
    });
}

Transaction *StoredCards::edit(int number)
{
    return m_cards->update(u"card-%1"_s.arg(number), patchOf(number));
}

void StoredCards::editFirst(int count)
{
    m_unsaved = count;
    for (int number = 0; number < count; ++number) {
        Transaction *transaction = edit(number);
        connect(transaction, &Transaction::stateChanged, this, [this, transaction] {
            if (transaction->state() == Transaction::State::Saved && --m_unsaved == 0)
                Q_EMIT saved();
        });
    }
}
