// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScriptedSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/LiveRow>
#include <DurableStreams/MemorySource>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace DurableStreams;
using namespace std::chrono_literals;

namespace {

struct Card
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(int points MEMBER points)
    Q_PROPERTY(QStringList labels MEMBER labels)
public:
    QString id;
    QString title;
    int points = 0;
    QStringList labels;
};

QByteArray card(const QByteArray &key, const QByteArray &title)
{
    return eventJson("card", key, "{\"id\":\"" + key + "\",\"title\":\"" + title + "\"}");
}

} // namespace

class tst_StreamDb : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void firstSlotSeesAllCollections();
    void signalsComeBetweenAboutToCommitAndCommitted();
    void gadgetsInAndOut();
    void gadgetsKeepWhatTheyDoNotKnow();
    void localWriteShowsAtOnceAndIsConfirmed();
    void refusedWriteGoesBackAndTells();
    void transactionOverTwoCollections();
    void badWritesEndInOneSignal_data();
    void badWritesEndInOneSignal();
    void writesBeforeASourceWaitForIt();
    void volatileWritesFailSilently();
    void preloadResolves();
    void closeEndsWaitsAndKeepsRows();
    void awaitsTxIds();
    void whatAConflictTookOutIsNotListed();
    void whatIsTriedAgainIsAnotherOne();
    void framingErrorFailsAndReconnectGoesOn();
    void longPollEndsTheErrorOfSse();
    void unfinishedElementIsNeverCommitted();
    void quarantineIsCounted();
    void anotherSourceReplacesTheRows();
    void lateCollectionGetsItsRows();
    void oneCollectionAType();
    void rowFollowsAndDrafts();
    void rowOfARemovedKey();
    void twoClientsOnOneLog();
    void deletedWithWritesUnderWay();

private:
    bool batch(const QList<QByteArray> &events);
    ScriptedSource::Append nextAppend();

    std::unique_ptr<StreamDb> m_db;
    std::unique_ptr<ScriptedSource> m_source;
    Collection *m_cards = nullptr;
};

void tst_StreamDb::init()
{
    m_db = std::make_unique<StreamDb>();
    m_source = std::make_unique<ScriptedSource>();
    m_cards = m_db->collection<Card>("card");
    m_db->setSource(m_source.get());
    m_db->preload();
    QTRY_COMPARE(m_source->opened.size(), 1);
}

bool tst_StreamDb::batch(const QList<QByteArray> &events)
{
    QSignalSpy committed(m_db.get(), &StreamDb::committed);
    m_source->batch(events.join(','));
    return committed.wait();
}

ScriptedSource::Append tst_StreamDb::nextAppend()
{
    if (m_source->appends.isEmpty()) {
        QSignalSpy appended(m_source.get(), &ScriptedSource::appended);
        appended.wait();
    }
    return m_source->appends.isEmpty() ? ScriptedSource::Append{} : m_source->appends.takeFirst();
}

void tst_StreamDb::firstSlotSeesAllCollections()
{
    auto *columns = m_db->collection(Schema("column", "id", {"id"}));
    auto *members = m_db->collection(Schema("member", "id", {"id"}));
    const auto batchOf = [](const QByteArray &key, const QByteArray &value) {
        return QList<QByteArray>{eventJson("card", key, value), eventJson("column", key, value),
                                 eventJson("member", key, value)};
    };
    QVERIFY(batch(batchOf("x", R"({"id":"x","v":1})")));

    int firstSignals = 0;
    int checks = 0;
    const auto check = [&] {
        if (firstSignals++ > 0)
            return;
        for (const Collection *collection : {m_cards, columns, members}) {
            QCOMPARE(collection->get("x").toMap().value("v").toInt(), 2);
            QVERIFY(collection->contains("y"));
            ++checks;
        }
    };
    for (const Collection *collection : {m_cards, columns, members}) {
        connect(collection, &QAbstractItemModel::rowsAboutToBeInserted, this, check);
        connect(collection, &QAbstractItemModel::rowsInserted, this, check);
        connect(collection, &QAbstractItemModel::dataChanged, this, check);
    }
    QVERIFY(batch(batchOf("x", R"({"id":"x","v":2})") + batchOf("y", R"({"id":"y"})")));
    QCOMPARE(checks, 3);
    QVERIFY(firstSignals >= 9);
}

void tst_StreamDb::signalsComeBetweenAboutToCommitAndCommitted()
{
    QStringList log;
    LiveQuery query(m_cards);
    connect(m_db.get(), &StreamDb::aboutToCommit, this, [&] {
        log.append(QString("before %1").arg(m_cards->contains("a")));
        QTimer::singleShot(0, this, [&] { log.append("next turn"); });
    });
    connect(m_cards, &QAbstractItemModel::rowsInserted, this, [&] { log.append("collection"); });
    connect(&query, &QAbstractItemModel::rowsInserted, this, [&] { log.append("query"); });
    connect(m_db.get(), &StreamDb::loadedChanged, this, [&] { log.append("loaded"); });
    connect(m_db.get(), &StreamDb::committed, this, [&] { log.append("committed"); });
    QVERIFY(batch({card("a", "A")}));
    QTRY_VERIFY(log.contains("next turn"));
    QCOMPARE(log, QStringList({"before 0", "collection", "query", "loaded", "committed", "next turn"}));
}

void tst_StreamDb::gadgetsInAndOut()
{
    QVERIFY(batch(
        {R"({"type":"card","key":"a","value":{"id":"a","title":"A","points":3,"labels":["x"],"more":9223372036854775807},"headers":{"operation":"insert"}})"}));
    const auto read = m_cards->get<Card>("a");
    QVERIFY(read);
    QCOMPARE(read->title, "A");
    QCOMPARE(read->points, 3);
    QCOMPARE(read->labels, QStringList{"x"});
    QVERIFY(!m_cards->get<Card>("z"));
    QCOMPARE(m_cards->primaryKey(), "id");
    QCOMPARE(m_cards->fields().toStringList(), QStringList({"id", "title", "points", "labels"}));

    Card next;
    next.id = "b";
    next.title = "B";
    m_cards->insert(next);
    QCOMPARE(m_cards->index(1).data(m_cards->roleOf("title")).toString(), "B");
    QCOMPARE(m_cards->index(1).data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Sent));
    m_cards->update("a", {{"points", 4}});
    nextAppend();
    QCOMPARE(m_cards->text("a").toByteArray(),
             QByteArray(R"({"id":"a","title":"A","points":4,"labels":["x"],"more":9223372036854775807})"));
}

void tst_StreamDb::gadgetsKeepWhatTheyDoNotKnow()
{
    const QByteArray more = R"("more":9223372036854775807})";
    QVERIFY(batch({eventJson("card", "a", R"({"id":"a","title":"A","points":3,"labels":["x"],)" + more)}));
    auto read = m_cards->get<Card>("a");
    read->points = 4;
    m_cards->update(*read);
    QCOMPARE(m_cards->text("a").toByteArray(), R"({"id":"a","title":"A","points":4,"labels":["x"],)" + more);
    // Others' changes of other fields stay.
    nextAppend();
    QVERIFY(batch({eventJson("card", "a", R"({"id":"a","title":"theirs","points":3,"labels":["x"],)" + more)}));
    QCOMPARE(m_cards->text("a").toByteArray(), R"({"id":"a","title":"theirs","points":4,"labels":["x"],)" + more);

    read->title = "mine";
    m_cards->upsert(*read);
    QCOMPARE(m_cards->text("a").toByteArray(), R"({"id":"a","title":"mine","points":4,"labels":["x"],)" + more);

    // Also what the transaction itself did before.
    Transaction *transaction = m_db->begin();
    transaction->update(m_cards, "a", {{"points", 9}, {"extra", true}});
    transaction->update(m_cards, *read);
    transaction->commit();
    QCOMPARE(m_cards->get<Card>("a")->points, 4);
    QVERIFY(m_cards->text("a").field("extra").toBool());

    read->id = "none";
    QSignalSpy failed(m_db.get(), &StreamDb::transactionFailed);
    m_cards->update(*read);
    QVERIFY(failed.wait());
    read->id = "new";
    m_cards->upsert(*read);
    QCOMPARE(m_cards->get<Card>("new")->title, "mine");
}

void tst_StreamDb::localWriteShowsAtOnceAndIsConfirmed()
{
    QAbstractItemModelTester tester(m_cards);
    QVERIFY(batch({card("a", "A")}));
    QSignalSpy changed(m_cards, &QAbstractItemModel::dataChanged);
    QSignalSpy pending(m_db.get(), &StreamDb::pendingCountChanged);
    Transaction *transaction = m_cards->update("a", {{"title", "B"}});
    QCOMPARE(m_cards->get("a").toMap().value("title").toString(), "B");
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_db->pendingCount(), 1);
    QSignalSpy finished(transaction, &Transaction::finished);
    QCOMPARE(transaction->state(), Transaction::State::Sent);

    const auto append = nextAppend();
    QCOMPARE(append.delivery, StreamSource::Delivery::Reliable);
    Transaction::State end = Transaction::State::Open;
    connect(transaction, &Transaction::finished, this, [&] { end = transaction->state(); });
    m_source->accept(append);
    QVERIFY(finished.wait());
    QCOMPARE(end, Transaction::State::Confirmed);
    QCOMPARE(m_db->pendingCount(), 0);
    QCOMPARE(pending.size(), 2);
    // No flicker: the confirmation changed nothing that the row shows.
    QCOMPARE(changed.size(), 2);
    QCOMPARE(changed[1][2].value<QList<int>>(), (QList<int>{RowModel::RowStateRole, RowModel::OffsetRole}));
    const QPointer<Transaction> guard(transaction);
    QTRY_VERIFY(!guard);
}

void tst_StreamDb::refusedWriteGoesBackAndTells()
{
    QVERIFY(batch({card("a", "A")}));
    QSignalSpy failed(m_db.get(), &StreamDb::transactionFailed);
    QString message;
    connect(m_db.get(), &StreamDb::transactionFailed, this, [&](Transaction *t) { message = t->error().message(); });
    m_cards->remove("a");
    QCOMPARE(m_cards->count(), 0);
    m_source->refuse(nextAppend(), "not yours");
    QVERIFY(failed.wait());
    QCOMPARE(message, "not yours");
    QCOMPARE(m_cards->count(), 1);
    QCOMPARE(m_cards->index(0).data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Failed));
}

void tst_StreamDb::transactionOverTwoCollections()
{
    auto *log = m_db->collection(Schema("log", "id", {"id"}));
    QVERIFY(batch({card("a", "A")}));
    Transaction *transaction = m_db->begin();
    transaction->update(m_cards, "a", {{"title", "B"}});
    transaction->insert(log, QVariantMap{{"id", "l1"}});
    QCOMPARE(transaction->state(), Transaction::State::Open);
    QCOMPARE(log->count(), 0);
    transaction->commit();
    QCOMPARE(log->count(), 1);
    const QByteArray events = nextAppend().events;
    QCOMPARE(events.count("\"txid\":\"" + transaction->txid().toUtf8()), 2);
    QVERIFY(events.contains(R"("type":"log","key":"l1")"));
}

void tst_StreamDb::badWritesEndInOneSignal_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("message");
    QTest::newRow("no key") << 0 << "needs a key";
    QTest::newRow("unknown row") << 1 << "There is no card \"x\"";
    QTest::newRow("another StreamDb's collection") << 2 << "its own StreamDb";
    QTest::newRow("the key itself") << 3 << "cannot change \"id\"";
    QTest::newRow("nothing") << 4 << "holds no change";
}

void tst_StreamDb::badWritesEndInOneSignal()
{
    QFETCH(int, kind);
    QFETCH(QString, message);
    QVERIFY(batch({card("a", "A")}));
    StreamDb other;
    Collection *foreign = other.collection(Schema("card", "id", {}));
    Transaction *transaction = m_db->begin();
    switch (kind) {
    case 0:
        transaction->insert(m_cards, QVariantMap{{"title", "no id"}});
        break;
    case 1:
        transaction->update(m_cards, "x", {{"title", "t"}});
        break;
    case 2:
        transaction->remove(foreign, "a");
        break;
    case 3:
        transaction->update(m_cards, "a", {{"id", "b"}});
        break;
    default:
        break;
    }
    transaction->commit();
    // Connected after the call, and still told.
    QSignalSpy finished(transaction, &Transaction::finished);
    QString told;
    connect(transaction, &Transaction::finished, this, [&] { told = transaction->error().message(); });
    QVERIFY(finished.wait());
    QCOMPARE(finished.size(), 1);
    QVERIFY2(told.contains(message), qPrintable(told));
    QCOMPARE(m_cards->keys(), QStringList{"a"});
    QVERIFY(m_source->appends.isEmpty());
}

void tst_StreamDb::writesBeforeASourceWaitForIt()
{
    StreamDb db;
    Collection *cards = db.collection<Card>("card");
    cards->insert(QVariantMap{{"id", "a"}, {"title", "early"}});
    QCOMPARE(cards->count(), 1);
    QCOMPARE(db.pendingCount(), 1);
    MemorySource source;
    db.setSource(&source);
    QCOMPARE(cards->count(), 1);
    QCOMPARE(db.pendingCount(), 1);
    db.preload();
    QTRY_COMPARE(db.pendingCount(), 0);
    QCOMPARE(cards->keys(), QStringList{"a"});
}

void tst_StreamDb::volatileWritesFailSilently()
{
    m_cards->setVolatileWrites(true);
    QVERIFY(batch({card("a", "A")}));
    QSignalSpy failed(m_db.get(), &StreamDb::transactionFailed);
    Transaction *transaction = m_cards->update("a", {{"title", "B"}});
    QSignalSpy finished(transaction, &Transaction::finished);
    const auto append = nextAppend();
    QCOMPARE(append.delivery, StreamSource::Delivery::Volatile);
    m_source->refuse(append, "no connection");
    QVERIFY(finished.wait());
    QCOMPARE(m_cards->get("a").toMap().value("title").toString(), "A");
    QCOMPARE(failed.size(), 0);
}

void tst_StreamDb::preloadResolves()
{
    const QFuture<StreamError> waiting = m_db->preload();
    QVERIFY(!waiting.isFinished());
    QVERIFY(batch({}));
    QVERIFY(waiting.isFinished());
    QVERIFY(waiting.result().isOk());
    QVERIFY(m_db->isLoaded() && m_db->isUpToDate());
    QVERIFY(m_db->preload().result().isOk());

    auto *unopened = new StreamDb;
    const QFuture<StreamError> abandoned = unopened->preload();
    delete unopened;
    QVERIFY(abandoned.isFinished());
    QCOMPARE(abandoned.result().code(), StreamError::Code::Cancelled);
}

void tst_StreamDb::closeEndsWaitsAndKeepsRows()
{
    QVERIFY(batch({card("a", "one")}));
    QFuture<StreamError> waiting = m_db->awaitTxId("never", 1h);
    StreamDb other;
    ScriptedSource never;
    other.setSource(&never);
    QFuture<StreamError> loading = other.preload();
    other.close();
    QVERIFY(loading.isFinished());
    QCOMPARE(loading.result().code(), StreamError::Code::Cancelled);

    QSignalSpy closed(m_source.get(), &ScriptedSource::closed);
    m_db->close();
    m_db->close();
    QTRY_COMPARE(closed.size(), 1);
    QVERIFY(waiting.isFinished());
    QCOMPARE(waiting.result().code(), StreamError::Code::Cancelled);
    QCOMPARE(m_cards->keys(), QStringList("a"));

    m_cards->update("a", {{"title", "two"}});
    QCOMPARE(m_cards->get("a").toMap().value("title"), "two");
    QVERIFY(m_source->appends.isEmpty());
    QVERIFY(m_db->preload().isFinished());
    QTRY_COMPARE(m_source->opened.size(), 2);
    QCOMPARE(m_source->opened.last(), "000001");
    m_source->accept(nextAppend());
    QTRY_COMPARE(m_db->pendingCount(), 0);
    QCOMPARE(m_cards->get("a").toMap().value("title"), "two");
}

void tst_StreamDb::awaitsTxIds()
{
    const auto event = [](const QByteArray &txid) {
        return R"({"type":"card","key":"a","value":{"id":"a"},"headers":{"operation":"upsert","txid":")" + txid
            + R"("}})";
    };
    QFuture<StreamError> first = m_db->awaitTxId("one", 1h);
    QFuture<StreamError> second = m_db->awaitTxId("one", 1h);
    QFuture<StreamError> never = m_db->awaitTxId("never", 1ms);
    bool isShown = false;
    first.then(this, [&](const StreamError &) { isShown = m_cards->contains("a"); });
    QVERIFY(batch({event("one")}));
    QVERIFY(first.isFinished() && second.isFinished());
    QCOMPARE(first.result(), StreamError());
    QTRY_VERIFY(isShown);
    QVERIFY(m_db->awaitTxId("one").isFinished());
    QTRY_VERIFY(never.isFinished());
    QCOMPARE(never.result().code(), StreamError::Code::Timeout);
    QVERIFY(never.result().message().contains("never"));
    const QFuture<StreamError> hurried = m_db->awaitTxId("never", -1ms);
    QTRY_VERIFY(hurried.isFinished());
    QCOMPARE(hurried.result().code(), StreamError::Code::Timeout);

    // What was seen long ago is forgotten.
    QByteArrayList many;
    for (int i = 0; i < 10'000; ++i)
        many.append(event(QByteArray::number(i)));
    QVERIFY(batch(many));
    QVERIFY(!m_db->awaitTxId("one").isFinished());
    QVERIFY(m_db->awaitTxId("7").isFinished());
    QVERIFY(batch({event("one"), event("two"), event("one")}));
    QVERIFY(m_db->awaitTxId("one").isFinished() && m_db->awaitTxId("two").isFinished());
    QVERIFY(batch(many));
    QVERIFY(!m_db->awaitTxId("one").isFinished() && !m_db->awaitTxId("two").isFinished());
}

/* The first one is under way, so the second one waits, and the last writer of "a" is somebody else. */
void tst_StreamDb::whatAConflictTookOutIsNotListed()
{
    QVERIFY(batch({card("a", "A"), card("b", "B")}));
    m_cards->setConflictPolicy(Collection::ConflictPolicy::Theirs);
    m_cards->update("a", {{"points", 1}});
    Transaction *both = m_db->begin();
    both->update(m_cards, "a", {{"title", "mine"}});
    both->update(m_cards, "b", {{"title", "mine"}});
    both->commit();
    QSignalSpy changed(both, &Transaction::stateChanged);
    const TransactionModel *transactions = m_db->transactions();
    QCOMPARE(transactions->index(1).data(TransactionModel::MutationCountRole).toInt(), 2);
    QVERIFY(batch({card("a", "theirs")}));
    QTRY_COMPARE(m_source->appends.size(), 2);
    const QModelIndex second = transactions->index(1);
    QCOMPARE(second.data(TransactionModel::StateRole).toInt(), int(Transaction::State::Sent));
    QCOMPARE(second.data(TransactionModel::MutationCountRole).toInt(), 1);
    QCOMPARE(second.data(TransactionModel::KeyRole).toString(), "b");
    QCOMPARE(changed.size(), 1);
}

void tst_StreamDb::whatIsTriedAgainIsAnotherOne()
{
    QVERIFY(batch({card("a", "A")}));
    m_cards->update("a", {{"title", "B"}});
    m_source->refuse(nextAppend(), "no");
    TransactionModel *transactions = m_db->transactions();
    const auto stateAt = [transactions](int row) {
        return transactions->index(row).data(TransactionModel::StateRole).toInt();
    };
    QTRY_COMPARE(stateAt(0), int(Transaction::State::Failed));
    QSignalSpy changed(transactions, &QAbstractItemModel::dataChanged);
    QSignalSpy removed(transactions, &QAbstractItemModel::rowsRemoved);
    QVERIFY(transactions->retry(0));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(changed.size(), 0);
    QCOMPARE(stateAt(0), int(Transaction::State::Sent));
    QCOMPARE(transactions->index(0).data(TransactionModel::ErrorStringRole).toString(), "");
    m_source->accept(nextAppend());
    QTRY_COMPARE(transactions->count(), 0);
}

void tst_StreamDb::framingErrorFailsAndReconnectGoesOn()
{
    QVERIFY(batch({card("a", "A")}));
    QSignalSpy errors(m_db.get(), &StreamDb::errorOccurred);
    Q_EMIT m_source->bytesReceived("<html>");
    QVERIFY(errors.wait());
    QCOMPARE(m_db->status(), StreamDb::Status::Failed);
    QCOMPARE(m_db->lastError().code(), StreamError::Code::ParseError);
    QVERIFY2(m_db->errorString().contains("000001"), qPrintable(m_db->errorString()));
    QCOMPARE(m_cards->count(), 1);
    m_db->reconnect();
    QTRY_COMPARE(m_source->opened.size(), 2);
    QCOMPARE(m_source->opened.last(), QByteArray("000001"));
    QVERIFY(!m_source->mayCreateLast);
    QVERIFY(batch({card("b", "B")}));
    QCOMPARE(m_db->status(), StreamDb::Status::Live);
    QVERIFY(m_db->lastError().isOk());
    QCOMPARE(m_cards->count(), 2);
}

/* Where Server-Sent Events do not pass, long-poll goes on, and the stream is live all the time. */
void tst_StreamDb::longPollEndsTheErrorOfSse()
{
    const auto goOnBy = [this](StreamSource::Transport transport) {
        QSignalSpy changed(m_db.get(), &StreamDb::transportChanged);
        Q_EMIT m_source->transportChanged(transport);
        return changed.wait();
    };
    QVERIFY(goOnBy(StreamSource::Transport::Sse));
    QSignalSpy errors(m_db.get(), &StreamDb::errorOccurred);
    Q_EMIT m_source->errorOccurred(StreamError(StreamError::Code::Timeout, "no event came"));
    QVERIFY(errors.wait());
    QCOMPARE(m_db->errorString(), "no event came");
    QVERIFY(goOnBy(StreamSource::Transport::LongPoll));
    QCOMPARE(m_db->errorString(), "");
    QCOMPARE(m_db->status(), StreamDb::Status::Live);

    // Other errors stay, and so does what a further try brings.
    Q_EMIT m_source->errorOccurred(StreamError(StreamError::Code::Busy, "append 503"));
    QVERIFY(errors.wait());
    QVERIFY(goOnBy(StreamSource::Transport::Sse));
    QCOMPARE(m_db->errorString(), "append 503");
    QVERIFY(!m_db->discard("unknown"));
    const QString refusal = m_db->errorString();
    QVERIFY(goOnBy(StreamSource::Transport::LongPoll));
    QCOMPARE(m_db->errorString(), refusal);
}

void tst_StreamDb::unfinishedElementIsNeverCommitted()
{
    QVERIFY(batch({card("a", "A")}));
    QSignalSpy errors(m_db.get(), &StreamDb::errorOccurred);
    Q_EMIT m_source->bytesReceived('[' + card("b", "B") + ",{\"type\":");
    Q_EMIT m_source->positionReached({"000009", true, false});
    QVERIFY(errors.wait());
    QCOMPARE(m_db->lastError().code(), StreamError::Code::ParseError);
    QCOMPARE(m_db->offset(), "000001");
    QVERIFY(!m_cards->contains("b"));
}

void tst_StreamDb::quarantineIsCounted()
{
    QVERIFY(batch({card("a", "A"), "{\"type\":\"card\"}", card("b", "B")}));
    QCOMPARE(m_cards->count(), 2);
    QCOMPARE(m_db->quarantinedCount(), 1);
    QCOMPARE(m_db->quarantinedEvents().first().text, QByteArray("{\"type\":\"card\"}"));

    QuarantineModel *quarantine = m_db->quarantine();
    const QAbstractItemModelTester tester(quarantine, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(quarantine->count(), 1);
    QCOMPARE(quarantine->index(0).data(QuarantineModel::TypeRole), "card");
    QCOMPARE(quarantine->index(0).data(QuarantineModel::OffsetRole), "000001");
    QVERIFY(quarantine->index(0).data().toString().contains("headers"));
    // However many: the last ones are kept, all are counted.
    QByteArrayList many;
    for (int i = 0; i < 1000; ++i)
        many.append("{\"key\":\"" + QByteArray::number(i) + "\"}");
    QVERIFY(batch(many));
    QCOMPARE(m_db->quarantinedCount(), 1001);
    QCOMPARE(quarantine->count(), QuarantineModel::Kept);
    QCOMPARE(quarantine->index(99).data(QuarantineModel::KeyRole), "999");
    quarantine->clear();
    QCOMPARE(quarantine->count(), 0);
    QCOMPARE(m_db->quarantinedCount(), 1001);
}

void tst_StreamDb::anotherSourceReplacesTheRows()
{
    QVERIFY(batch({card("a", "A")}));
    LiveQuery query(m_cards);
    MemorySource other;
    other.setEvents({QVariantMap{{"type", "card"},
                                 {"key", "z"},
                                 {"value", QVariantMap{{"id", "z"}}},
                                 {"headers", QVariantMap{{"operation", "insert"}}}}});
    m_db->setSource(&other);
    QCOMPARE(m_cards->count(), 0);
    QCOMPARE(query.count(), 0);
    QVERIFY(!m_db->isLoaded());
    QTRY_COMPARE(m_cards->keys(), QStringList{"z"});
    QCOMPARE(query.keys(), QStringList{"z"});
    m_db->setSource(nullptr);
    QCOMPARE(m_cards->count(), 0);
    QCOMPARE(m_db->status(), StreamDb::Status::Idle);
}

void tst_StreamDb::lateCollectionGetsItsRows()
{
    QVERIFY(batch({eventJson("late", "l", R"({"n":1})")}));
    m_source->replays = true;
    Collection *late = m_db->collection(Schema("late", "id", {"n"}));
    QTRY_COMPARE(late->count(), 1);
    QCOMPARE(late->get("l").toMap().value("id").toString(), "l");
}

void tst_StreamDb::oneCollectionAType()
{
    QCOMPARE(m_db->collection<Card>("card"), m_cards);
    QSignalSpy errors(m_db.get(), &StreamDb::errorOccurred);
    Collection second(Schema("card", "id", {}), m_db.get());
    QCOMPARE(errors.size(), 1);
    QVERIFY(m_db->errorString().contains("\"card\""));
}

void tst_StreamDb::rowFollowsAndDrafts()
{
    LiveRow row;
    row.setCollection(m_cards);
    row.setKey("a");
    QVERIFY(!row.exists() && !row.isRemoved());
    QSignalSpy drafts(&row, &LiveRow::draftChanged);
    QVERIFY(batch(
        {R"({"type":"card","key":"a","value":{"id":"a","title":"A","points":1},"headers":{"operation":"insert"}})"}));
    QVERIFY(row.exists());
    QCOMPARE(row.draft().value("title").toString(), "A");
    row.edit("title", "mine");
    QVERIFY(row.isDirty());
    QVERIFY(batch(
        {R"({"type":"card","key":"a","value":{"id":"a","title":"theirs","points":2},"headers":{"operation":"update"}})"}));
    QCOMPARE(row.draft().value("title").toString(), "mine");
    QCOMPARE(row.draft().value("points").toInt(), 2);
    QCOMPARE(row.values().value("title").toString(), "theirs");
    QVERIFY(row.commit());
    QVERIFY(!row.isDirty());
    QCOMPARE(row.values().value("title").toString(), "mine");
    QCOMPARE(row.rowState(), RowModel::RowState::Sent);
    const QByteArray events = nextAppend().events;
    QVERIFY2(events.contains(R"("title":"mine","points":2)"), events.constData());

    row.edit("title", "mine");
    QVERIFY(!row.commit());
    row.edit("title", "other");
    row.discardField("title");
    QVERIFY(!row.isDirty());
    QVERIFY(!drafts.isEmpty());
}

void tst_StreamDb::rowOfARemovedKey()
{
    QVERIFY(batch({card("a", "A"), card("b", "B")}));
    LiveRow row;
    row.setCollection(m_cards);
    row.setKey("a");
    QVERIFY(row.exists());
    QSignalSpy existence(&row, &LiveRow::existsChanged);
    QVERIFY(batch({eventJson("card", "a")}));
    QVERIFY(row.isRemoved());
    QCOMPARE(existence.size(), 1);
    QCOMPARE(row.values().value("title").toString(), "A");
    row.setKey("b");
    QVERIFY(row.exists() && !row.isRemoved());
    QCOMPARE(row.values().value("title").toString(), "B");
    row.setKey("c");
    QVERIFY(!row.exists() && !row.isRemoved());
    QVERIFY(row.values().isEmpty());
}

void tst_StreamDb::twoClientsOnOneLog()
{
    MemorySource first;
    MemorySource second(first.log());
    StreamDb dbs[2];
    Collection *cards[2];
    MemorySource *sources[] = {&first, &second};
    for (int i = 0; i < 2; ++i) {
        cards[i] = dbs[i].collection<Card>("card");
        dbs[i].setSource(sources[i]);
        dbs[i].preload();
        QTRY_VERIFY(dbs[i].isUpToDate());
    }
    cards[0]->insert(QVariantMap{{"id", "a"}, {"title", "A"}});
    QTRY_COMPARE(cards[1]->count(), 1);
    cards[1]->update("a", {{"title", "B"}});
    QTRY_COMPARE(cards[0]->get("a").toMap().value("title").toString(), "B");
    QTRY_COMPARE(dbs[0].pendingCount() + dbs[1].pendingCount(), 0);
}

void tst_StreamDb::deletedWithWritesUnderWay()
{
    for (int i = 0; i < 20; ++i) {
        MemorySource source;
        Session session;
        auto *db = new StreamDb(&session, "x", {});
        Collection *cards = db->collection<Card>("card");
        db->setSource(&source);
        db->preload();
        cards->insert(QVariantMap{{"id", "a"}});
        if (i % 2)
            QTRY_VERIFY(db->isLoaded());
        delete db;
    }
}

QTEST_GUILESS_MAIN(tst_StreamDb)
#include "tst_streamdb.moc"
