// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Engine>

#include <QtTest>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>

using namespace DurableStreams;

namespace {

// Under a sanitizer each takes some fifteen times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned Seeds = 1'000;
#else
constexpr unsigned Seeds = 10'000;
#endif
constexpr qsizetype BytesUnderWay = 300; // three writes, so that others wait for their answers
constexpr int ClientCount = 3;
const QList<QByteArray> fields{"n", "m"};

QByteArray offsetAt(size_t count)
{
    return QByteArray::number(qulonglong(count)).rightJustified(6, '0');
}

/* A stream with an idempotent producer's rules, in memory. */
struct Log
{
    struct Entry
    {
        QByteArray txid;
        Operation operation = Operation::Upsert;
        QByteArray key;
        QByteArray value;
    };

    QList<Entry> entries;
    QHash<QByteArray, qint64> nextSequences; // by producer and epoch

    void append(const QByteArray &events)
    {
        const QVariantList all = JsonText::fromCheckedJson(events).toVariant().toList();
        for (const QVariant &one : all) {
            const QVariantMap event = one.toMap();
            const QVariantMap headers = event.value("headers").toMap();
            const bool isDelete = headers.value("operation") == QStringLiteral("delete");
            entries.append({headers.value("txid").toString().toUtf8(), isDelete ? Operation::Delete : Operation::Upsert,
                            event.value("key").toString().toUtf8(),
                            isDelete ? QByteArray() : JsonText::fromVariant(event.value("value")).toByteArray()});
        }
    }
};

using Rows = std::map<QByteArray, QByteArray>;

/* The order of members says nothing. */
bool isSame(QByteArrayView one, QByteArrayView other)
{
    return one == other
        || (!one.isEmpty() && !other.isEmpty()
            && JsonText::fromCheckedJson(one).toVariant() == JsonText::fromCheckedJson(other).toVariant());
}

bool isSame(const Rows &one, const Rows &other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](const auto &a, const auto &b) { return a.first == b.first && isSame(a.second, b.second); });
}

/* What outlives a kill: each change of it is whole. */
struct Disk
{
    std::map<quint64, OutboxTransaction> transactions;
    ProducerState producer;
    Rows rows;
    std::map<QByteArray, quint64> orders;
    size_t read = 0;
};

/* An engine, and around it what the classes for network and disk do. */
class Client
{
public:
    Client(int index, Log *log, std::mt19937 *random)
        : m_index(index)
        , m_log(log)
        , m_random(random)
    {
        m_disk.producer.id = QByteArray::number(index);
        start();
    }

    void step(bool mayGoWrong)
    {
        switch (pick(mayGoWrong ? 12 : 8)) {
        case 0:
        case 1:
            read(mayGoWrong);
            break;
        case 2:
        case 3:
            keepOne();
            break;
        case 4:
            send();
            break;
        case 5:
            freeze();
            break;
        case 6:
            deliver(mayGoWrong);
            break;
        case 7:
            checkpoint();
            break;
        case 8:
        case 9:
            write();
            break;
        case 10:
            decide();
            break;
        default:
            if (const unsigned fault = pick(4); fault == 0)
                kill();
            else if (fault == 1)
                suspend();
            else if (!m_engine->heldBy().isOk())
                take(m_engine->release());
            break;
        }
    }

    void settle()
    {
        take(m_engine->release());
        for (int round = 0; round < 400 && !isSettled(); ++round)
            step(false);
    }

    bool isSettled() const
    {
        return m_read == size_t(m_log->entries.size()) && m_engine->transactionCount() == 0 && m_waiting.empty()
            && m_disk.producer.batches.isEmpty();
    }
    bool isDiskEmpty() const
    {
        return std::all_of(m_disk.transactions.begin(), m_disk.transactions.end(), [](const auto &one) {
            return one.second.state == OutboxTransaction::State::Failed
                || one.second.state == OutboxTransaction::State::Answered;
        });
    }

    const Rows &base() const { return m_base; }
    Rows shown() const
    {
        Rows rows;
        m_engine->table("card").forEach([&](const RowPointer &row) {
            if (row->shown.isLive())
                rows[row->key().toByteArray()] = row->shown.value().toByteArray();
        });
        return rows;
    }
    bool hasPending() const
    {
        bool has = false;
        m_engine->table("card").forEach([&](const RowPointer &row) { has = has || row->shown.isPending(); });
        return has;
    }
    QByteArrayList savedTxids() const { return m_savedTxids; } // that the stream has to have, in order
    bool wasTriedAgain(const QByteArray &txid) const { return m_triedAgain.contains(txid); }
    QString problem() const { return m_problem; }
    int confirmedAhead() const { return m_confirmedAhead; }
    int retried() const { return m_retried; }

private:
    unsigned pick(unsigned count) { return unsigned((*m_random)() % count); }

    void start()
    {
        m_engine = std::make_unique<Engine>(BytesUnderWay);
        m_engine->declare({"card", {}, fields, 1});
        m_engine->awaitOutbox();
        m_engine->setCheckpointed(true);
        m_open.clear();
        m_failed.clear();
        m_discarded.clear();
        m_backlog.clear();
        m_waiting.clear();
        m_replayed.clear();
        m_base = m_disk.rows;
        m_orders = m_disk.orders;
        m_read = m_disk.read;
        ChangeSet changes;
        changes.offset = offsetAt(m_read);
        changes.collections.push_back({"card", {}, 1});
        for (const auto &[key, value] : m_base)
            changes.collections.front().rows.push_back({RowChange::Kind::Insert, version(key, value), {}});
        take(m_engine->commit(changes));
        OutboxContent content;
        for (const auto &[sequence, transaction] : m_disk.transactions) {
            content.transactions.append(transaction);
            if (transaction.state != OutboxTransaction::State::Failed)
                m_open[sequence] = {transaction.txid, transaction.mutations};
        }
        content.producer = m_disk.producer;
        const auto showing = pick(2) == 0 ? Engine::Showing::AtOnce : Engine::Showing::WithRows;
        note(m_engine->restore(content, showing, 1 + pick(4)));
        while (m_engine->isRestoring())
            note(m_engine->restoreMore(1 + pick(4)));
        take(m_engine->showRestored());
    }

    void kill()
    {
        // What was refused, but not noted yet, is tried again, behind those that went on meanwhile.
        for (const OutboxChange &change : m_waiting) {
            if (change.kind == OutboxChange::Kind::Fail)
                m_triedAgain.insert(m_disk.transactions.at(change.transaction.sequence).txid);
        }
        start();
    }

    void write()
    {
        QList<Mutation> mutations;
        const unsigned count = 1 + pick(3) / 2;
        Rows now = shown();
        for (unsigned i = 0; i < count; ++i) {
            const QByteArray key(1, char('a' + pick(4)));
            const QByteArray number = QByteArray::number(++m_lastNumber);
            Mutation mutation{Operation::Update, "card", key, {}, {}};
            const auto row = now.find(key);
            if (row == now.end()) {
                mutation.operation = Operation::Insert;
                mutation.value = JsonText::fromCheckedJson("{\"n\":" + number + "}");
            } else if (pick(4) == 0) {
                mutation.operation = Operation::Delete;
            } else {
                mutation.patch = {{pick(2) ? "n" : "m", JsonText::fromCheckedJson(number)}};
            }
            const JsonText after =
                mutation.appliedTo(row == now.end() ? JsonText() : JsonText::fromCheckedJson(row->second));
            now.erase(key);
            if (!after.isNull())
                now[key] = after.toByteArray();
            mutations.append(mutation);
        }
        const QByteArray txid = QByteArray::number(m_index) + '-' + QByteArray::number(++m_lastTxid);
        take(m_engine->submit({txid, mutations}));
    }

    /* What a user does about one that failed, or thinks better of. */
    void decide()
    {
        Engine::Outcome outcome;
        if (!m_failed.isEmpty() && pick(8) > 0) {
            const QByteArray txid = m_failed.at(pick(unsigned(m_failed.size())));
            m_retried += m_engine->retry(txid, {}, &outcome).isOk() ? 1 : 0;
            return take(outcome);
        }
        QByteArrayList all = m_failed;
        for (const auto &[sequence, open] : m_open)
            all.append(open.first);
        const QByteArray txid = all.isEmpty() ? QByteArray() : all.at(pick(unsigned(all.size())));
        if (!m_engine->discard(txid, &outcome).isOk())
            return;
        m_discarded.insert(txid);
        take(outcome);
    }

    void send() { take(m_engine->setReach(pick(3) == 0 ? Engine::Reach::Nothing : Engine::Reach::Everything)); }

    /* As Producer: a batch is on disk before it leaves, behind what was to be kept before. */
    void freeze()
    {
        while (!m_waiting.empty())
            keepOne();
        if (m_backlog.empty())
            return;
        ProducerBatch batch;
        batch.sequence = m_disk.producer.nextSequence++;
        for (unsigned count = 1 + pick(3); count > 0 && !m_backlog.empty(); --count) {
            const Engine::Outgoing &first = m_backlog.front();
            batch.body += (batch.body.isEmpty() ? "" : "\n") + first.events;
            batch.appends.append({first.sequence, first.events.size()});
            m_backlog.pop_front();
        }
        m_disk.producer.batches.append(batch);
    }

    /* The connection is gone: what is in no batch comes back, one after the other. */
    void suspend()
    {
        AppendAnswer neverLeft{StreamError(StreamError::Code::Cancelled, QStringLiteral("given up"))};
        neverLeft.neverLeft = true;
        for (const Engine::Outgoing &outgoing : std::exchange(m_backlog, {}))
            take(m_engine->answer({{outgoing.sequence, neverLeft}}));
    }

    void deliver(bool mayGoWrong)
    {
        if (m_disk.producer.batches.isEmpty() || (mayGoWrong && pick(5) == 0))
            return; // lost on its way
        const ProducerBatch batch = m_disk.producer.batches.first();
        if (mayGoWrong && pick(8) == 0 && !m_mayBeDone.contains(batch.sequence))
            return refuse(batch);
        qint64 &next = m_log->nextSequences[m_disk.producer.id];
        const bool isDuplicate = batch.sequence < next;
        if (!isDuplicate) {
            if (batch.sequence != next)
                m_problem = QStringLiteral("a gap in the producer's sequence");
            next = batch.sequence + 1;
            const QByteArrayList bodies = batch.body.split('\n');
            for (const QByteArray &events : bodies)
                m_log->append(events);
        }
        m_mayBeDone.insert(batch.sequence);
        if (mayGoWrong && pick(4) == 0)
            return; // the answer is lost
        // After a duplicate, the tail that a HEAD request gives.
        const QByteArray nextOffset = offsetAt(size_t(m_log->entries.size()));
        m_disk.producer.batches.removeFirst();
        for (const ProducerBatch::Append &append : batch.appends) {
            const auto kept = m_disk.transactions.find(append.id);
            if (kept != m_disk.transactions.end()) {
                kept->second.state = OutboxTransaction::State::Answered;
                kept->second.nextOffset = nextOffset;
            }
        }
        for (const ProducerBatch::Append &append : batch.appends)
            take(m_engine->answer({{append.id, {{}, nextOffset, isDuplicate, 200, 0, batch.sequence}}}));
    }

    /* All that is under way: what is behind it gets its numbers anew. */
    void refuse(const ProducerBatch &first)
    {
        const bool isHeld = pick(2) == 0;
        const StreamError error(isHeld ? StreamError::Code::Unauthorized : StreamError::Code::BadRequest,
                                QStringLiteral("refused"));
        QList<quint64> refused;
        const QList<ProducerBatch> batches = isHeld ? m_disk.producer.batches : QList<ProducerBatch>{first};
        for (const ProducerBatch &batch : batches) {
            if (m_mayBeDone.contains(batch.sequence))
                return;
            for (const ProducerBatch::Append &append : batch.appends)
                refused.append(append.id);
        }
        if (isHeld) {
            for (const Engine::Outgoing &outgoing : m_backlog)
                refused.append(outgoing.sequence);
            m_backlog.clear();
        }
        m_disk.producer.batches.remove(0, batches.size());
        m_disk.producer.nextSequence = first.sequence;
        for (ProducerBatch &batch : m_disk.producer.batches)
            batch.sequence = m_disk.producer.nextSequence++;
        for (const quint64 sequence : std::as_const(refused))
            take(m_engine->answer({{sequence, {error, {}, false, 400, 0, first.sequence}}}));
    }

    void read(bool mayGoWrong)
    {
        const size_t end = std::min(size_t(m_log->entries.size()), m_read + 1 + pick(4));
        if (end == m_read)
            return;
        ChangeSet changes;
        changes.offset = offsetAt(end);
        changes.upToDate = end == size_t(m_log->entries.size());
        const bool hasTxids = !mayGoWrong || pick(3) > 0; // servers may drop them
        const Rows before = m_base;
        const std::map<QByteArray, quint64> ordersBefore = m_orders;
        std::map<QByteArray, RowVersionPointer> now; // of the touched rows
        std::map<QByteArray, bool> isOwn; // the first event of each
        for (; m_read < end; ++m_read) {
            const Log::Entry &entry = m_log->entries[qsizetype(m_read)];
            const bool isWatched = hasTxids && entry.txid.startsWith(QByteArray::number(m_index) + '-');
            isOwn.emplace(entry.key, isWatched);
            const bool was = m_base.contains(entry.key);
            const RowVersionPointer above = now.contains(entry.key)
                ? now[entry.key]
                : (was ? version(entry.key, m_base.at(entry.key)) : RowVersionPointer());
            if (entry.operation == Operation::Delete) {
                m_base.erase(entry.key);
                now[entry.key] = {};
            } else {
                if (!was)
                    m_orders[entry.key] = ++m_lastOrder;
                m_base[entry.key] = entry.value;
                now[entry.key] = version(entry.key, entry.value);
            }
            if (isWatched)
                changes.ownEvents.push_back({entry.txid, "card", entry.key, above, now[entry.key]});
            if (hasTxids)
                changes.txids.append({entry.txid, 1});
        }
        changes.collections.push_back({"card", {}, 1});
        for (const auto &[key, row] : now) {
            const bool was = before.contains(key);
            std::vector<RowChange> &rows = changes.collections.front().rows;
            if (row && !was) {
                rows.push_back({RowChange::Kind::Insert, row, {}});
            } else if (!row && was) {
                rows.push_back({RowChange::Kind::Remove, version(key, before.at(key)), {}});
            } else if (row && (before.at(key) != row->value() || ordersBefore.at(key) != row->order())) {
                std::optional<ChangedFields> changed;
                if (!isOwn[key])
                    changed = ChangedFields::between(before.at(key), row->value(), fields);
                rows.push_back({RowChange::Kind::Update, row, changed});
            } else {
                continue;
            }
            for (OwnEvent &event : changes.ownEvents)
                event.isLeft = event.isLeft || (row && event.after == row);
        }
        const Rows after = std::exchange(m_base, before);
        Engine::Preparation preparation;
        for (bool hasMore = pick(2) > 0; hasMore;)
            confirmSome(changes, &preparation, &hasMore, mayGoWrong);
        m_base = after;
        take(m_engine->commit(changes, preparation));
    }

    /* What is confirmed ahead of its commit is in the base, and shows as before. */
    void confirmSome(const ChangeSet &changes, Engine::Preparation *preparation, bool *hasMore, bool mayWrite)
    {
        const Rows before = shown();
        const Engine::Outcome outcome = m_engine->confirmSome(changes, preparation, 1, hasMore);
        for (const TransactionChange &change : outcome.transactions) {
            for (const OwnEvent &event : changes.ownEvents) {
                if (change.state == Engine::State::Confirmed && event.txid == change.txid)
                    m_base[event.key] = event.after->value().toByteArray();
            }
            m_confirmedAhead += change.state == Engine::State::Confirmed ? 1 : 0;
        }
        take(outcome);
        if (!isSame(shown(), before))
            m_problem = QStringLiteral("a value changed ahead of its commit");
        if (mayWrite && pick(4) == 0)
            write();
    }

    void checkpoint()
    {
        m_disk.rows = m_base;
        m_disk.orders = m_orders;
        m_disk.read = m_read;
        take(m_engine->checkpointWritten(offsetAt(m_read)));
    }

    RowVersionPointer version(const QByteArray &key, const QByteArray &value)
    {
        return RowVersion::make(key, value, {}, m_orders[key], BatchPointer(new Batch));
    }

    void keepOne()
    {
        if (m_waiting.empty())
            return;
        const OutboxChange change = m_waiting.front();
        m_waiting.pop_front();
        const quint64 sequence = change.transaction.sequence;
        switch (change.kind) {
        case OutboxChange::Kind::Add:
            m_disk.transactions.erase(change.transaction.inPlaceOf);
            m_disk.transactions[sequence] = change.transaction;
            m_savedTxids.append(change.transaction.txid);
            tellSaved(sequence);
            break;
        case OutboxChange::Kind::Replace:
            m_disk.transactions.at(sequence) = change.transaction;
            tellSaved(sequence);
            break;
        case OutboxChange::Kind::Fail:
            // One whose failure a kill came ahead of is tried again.
            m_disk.transactions.at(sequence).state = OutboxTransaction::State::Failed;
            m_savedTxids.removeAll(m_disk.transactions.at(sequence).txid);
            break;
        case OutboxChange::Kind::Remove:
            if (const auto kept = m_disk.transactions.find(sequence); kept != m_disk.transactions.end()) {
                if (m_discarded.contains(kept->second.txid))
                    m_savedTxids.removeAll(kept->second.txid);
                m_disk.transactions.erase(kept);
            }
            break;
        }
    }

    /* Where the disk has the last of it. */
    void tellSaved(quint64 sequence)
    {
        const bool hasMore = std::any_of(m_waiting.begin(), m_waiting.end(), [sequence](const OutboxChange &change) {
            return change.transaction.sequence == sequence;
        });
        if (!hasMore)
            take(m_engine->saved(sequence));
    }

    /* Notes what an outcome says, and compares what it shows with what base and open transactions make. */
    void take(const Engine::Outcome &outcome)
    {
        note(outcome);
        compare();
    }

    void note(const Engine::Outcome &outcome)
    {
        for (const Engine::Outgoing &outgoing : outcome.outgoing)
            m_backlog.push_back(outgoing);
        for (const OutboxChange &change : outcome.outbox) {
            m_waiting.push_back(change);
            if (change.kind == OutboxChange::Kind::Add)
                m_open[change.transaction.sequence] = {change.transaction.txid, change.transaction.mutations};
        }
        for (const TransactionChange &change : outcome.transactions) {
            m_failed.removeAll(change.txid);
            if (change.state == Engine::State::Failed)
                m_failed.append(change.txid);
            if (change.state != Engine::State::Confirmed && change.state != Engine::State::Failed
                && change.state != Engine::State::Discarded)
                continue;
            std::erase_if(m_open, [&](const auto &open) { return open.second.first == change.txid; });
        }
        for (const CollectionTouches &touches : outcome.collections) {
            QSet<QByteArray> keys;
            for (const RowTouch &touch : touches.rows) {
                const QByteArray key =
                    touch.row->key().isEmpty() ? touch.before.key().toByteArray() : touch.row->key().toByteArray();
                const QByteArray before = m_replayed.contains(key) ? m_replayed.at(key) : QByteArray();
                if (!isSame(touch.before.value(), before))
                    m_problem = QStringLiteral("a touch does not begin where the one before ended");
                const ShownRow &now = touch.row->shown;
                if (touch.before.isLive() && now.isLive()
                    && touch.changedFields != ChangedFields::between(touch.before.value(), now.value(), fields))
                    m_problem = QStringLiteral("a touch names other fields than those that changed");
                if (touch.row->shown.isLive())
                    m_replayed[key] = touch.row->shown.value().toByteArray();
                else
                    m_replayed.erase(key);
                keys.insert(key);
            }
            if (keys.size() != qsizetype(touches.rows.size()))
                m_problem = QStringLiteral("a row is touched twice in one outcome");
        }
    }

    void compare()
    {
        Rows expected = m_base;
        for (const auto &[sequence, open] : m_open) {
            for (const Mutation &mutation : open.second) {
                const auto row = expected.find(mutation.key);
                const JsonText before = row == expected.end() ? JsonText() : JsonText::fromCheckedJson(row->second);
                const JsonText after = mutation.appliedTo(before);
                expected.erase(mutation.key);
                if (!after.isNull())
                    expected[mutation.key] = after.toByteArray();
            }
        }
        if (!isSame(shown(), expected))
            m_problem = QStringLiteral("a value is shown that base and overlay do not make");
        if (!isSame(m_replayed, expected))
            m_problem = QStringLiteral("the touches do not tell what is shown");
    }

    const int m_index;
    Log *const m_log;
    std::mt19937 *const m_random;
    std::unique_ptr<Engine> m_engine;
    Disk m_disk;
    std::deque<OutboxChange> m_waiting; // for the disk
    std::deque<Engine::Outgoing> m_backlog; // not in a batch yet
    QSet<qint64> m_mayBeDone; // sequences of batches
    std::map<quint64, std::pair<QByteArray, QList<Mutation>>> m_open; // that lie over the rows
    QByteArrayList m_failed;
    QSet<QByteArray> m_discarded;
    Rows m_base;
    Rows m_replayed; // from touches alone
    std::map<QByteArray, quint64> m_orders;
    size_t m_read = 0;
    quint64 m_lastOrder = 0;
    int m_lastNumber = 0;
    int m_lastTxid = 0;
    int m_confirmedAhead = 0; // of a commit
    int m_retried = 0;
    QByteArrayList m_savedTxids;
    QSet<QByteArray> m_triedAgain;
    QString m_problem;
};

QByteArrayList txidsOf(const Log &log, int client)
{
    QByteArrayList txids;
    for (const Log::Entry &entry : log.entries) {
        const bool isTheirs = entry.txid.startsWith(QByteArray::number(client) + '-');
        if (isTheirs && (txids.isEmpty() || txids.last() != entry.txid))
            txids.append(entry.txid);
    }
    return txids;
}

} // namespace

/* Several engines on one stream, whatever may happen to their requests, disks and processes, by a seed. */
class tst_Interleavings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void converge();
};

void tst_Interleavings::converge()
{
    qsizetype entries = 0;
    int confirmedAhead = 0;
    int retried = 0;
    for (unsigned seed = 0; seed < Seeds; ++seed) {
        std::mt19937 random(seed);
        Log log;
        std::vector<std::unique_ptr<Client>> clients;
        clients.reserve(ClientCount);
        for (int i = 0; i < ClientCount; ++i)
            clients.push_back(std::make_unique<Client>(i, &log, &random));
        for (int step = 0; step < 120; ++step)
            clients[random() % ClientCount]->step(true);
        for (int round = 0; round < 4; ++round) {
            for (const auto &client : clients)
                client->settle();
        }
        const QByteArray where = "seed " + QByteArray::number(seed);
        for (int i = 0; i < ClientCount; ++i) {
            const Client &client = *clients[size_t(i)];
            confirmedAhead += client.confirmedAhead();
            retried += client.retried();
            QVERIFY2(client.problem().isEmpty(), qPrintable(client.problem() + QString::fromLatin1(" with " + where)));
            QVERIFY2(client.isSettled(), where);
            QVERIFY2(!client.hasPending(), where);
            QVERIFY2(client.isDiskEmpty(), where);
            QVERIFY2(isSame(client.shown(), clients[0]->base()), where);
            // Each saved edit once and in order, and no other one twice.
            QByteArrayList theirs = txidsOf(log, i);
            QVERIFY2(QSet<QByteArray>(theirs.begin(), theirs.end()).size() == theirs.size(), where);
            QByteArrayList saved = client.savedTxids();
            QVERIFY2(QSet<QByteArray>(theirs.begin(), theirs.end()) == QSet<QByteArray>(saved.begin(), saved.end()),
                     where);
            const auto wasTriedAgain = [&](const QByteArray &txid) { return client.wasTriedAgain(txid); };
            theirs.removeIf(wasTriedAgain);
            saved.removeIf(wasTriedAgain);
            QVERIFY2(theirs == saved, where + ": " + theirs.join(' ') + " and " + saved.join(' '));
        }
        entries += log.entries.size();
    }
    qInfo("%lld events, %d transactions confirmed ahead of a commit, %d tried again", qlonglong(entries),
          confirmedAhead, retried);
    QVERIFY(entries > qsizetype(Seeds) * 10);
    QVERIFY(confirmedAhead > int(Seeds) / 10);
    QVERIFY(retried > int(Seeds) / 50);
}

QTEST_APPLESS_MAIN(tst_Interleavings)
#include "tst_interleavings.moc"
