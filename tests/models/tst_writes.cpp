// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StoredBoard.h"

#include <DurableStreams/Transaction>
#include <DurableStreams/TransactionModel>

#include <QPromise>

#include <QtTest>

#include <list>

using namespace DurableStreams;

namespace {

/* A card with more than one field that people edit. */
const Schema cardSchema("card", "id", {Field::string("id"), Field::string("title"), Field::string("note")});

QByteArray eventOf(const QByteArray &key, const QByteArray &title, const QByteArray &txid)
{
    return R"({"type":"card","key":")" + key + R"(","value":{"id":")" + key + R"(","title":")" + title
        + R"("},"headers":{"operation":"upsert","txid":")" + txid + R"("}})";
}

QFuture<SendResult> ended(const SendResult &result)
{
    QPromise<SendResult> promise;
    promise.start();
    promise.addResult(result);
    promise.finish();
    return promise.future();
}

/* An app without a store. */
struct App
{
    explicit App(const QUrl &url)
        : db(&session, "board", url)
    {
        QObject::connect(&db, &StreamDb::conflict, &db,
                         [this](const WriteConflict &conflict) { conflicts.append(conflict); });
    }
    QString field(const QString &key, const QString &name) const
    {
        return cards->get(key).toMap().value(name).toString();
    }

    Session session;
    StreamDb db;
    Collection *cards = db.collection(cardSchema);
    QAbstractItemModelTester tester{cards};
    QAbstractItemModelTester transactionsTester{db.transactions()};
    QList<WriteConflict> conflicts;
};

} // namespace

/* What a StreamDb does with writes besides sending them. */
class tst_Writes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void undoAndRedo();
    void undoIsRefusedWhereOthersWouldLose();
    void whatTheAppWritesByItselfIsNoStep();
    void conflicts_data();
    void conflicts();
    void transactionsAreAModel();
    void ownSender();
    void ownSenderIsTriedAgain();
    void ownSenderRefuses();
    void ownSenderMayDoAnything_data();
    void ownSenderMayDoAnything();
    void anAnswerOfAnotherStreamGoesNowhere_data();
    void anAnswerOfAnotherStreamGoesNowhere();
    void actionsOutliveTheApp();
    void saveWaitsForTheDisk();
    void volatileOnesAreMerged();
};

void tst_Writes::undoAndRedo()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    App app(board.url());
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QVERIFY(!app.db.canUndo());
    QVERIFY(!app.db.undo());
    QSignalSpy changed(&app.db, &StreamDb::historyChanged);
    app.cards->update("a", {{"title", "A2"}});
    QCOMPARE(changed.size(), 1);
    Transaction *move = app.db.begin();
    move->update(app.cards, "a", {{"title", "A3"}});
    move->insert(app.cards, QVariantMap{{"id", "b"}, {"title", "B"}});
    move->commit();
    QVERIFY(app.db.undo());
    QCOMPARE(app.field("a", "title"), "A2");
    QVERIFY(!app.cards->contains("b"));
    QVERIFY(app.db.undo());
    QCOMPARE(app.field("a", "title"), "A");
    QVERIFY(!app.db.canUndo());
    QVERIFY(app.db.redo());
    QVERIFY(app.db.redo());
    QVERIFY(!app.db.canRedo());
    QCOMPARE(app.field("a", "title"), "A3");
    QVERIFY(app.cards->contains("b"));
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.field("a", "title"), "A3");
    QCOMPARE(board.events().size(), 1 + 1 + 2 + 2 + 1 + 1 + 2);
}

void tst_Writes::undoIsRefusedWhereOthersWouldLose()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    App app(board.url());
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    app.cards->update("b", {{"title", "B2"}});
    app.cards->update("a", {{"title", "A2"}});
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QVERIFY(board.append({card("a", "theirs")}));
    QTRY_COMPARE(app.field("a", "title"), "theirs");
    QSignalSpy failed(&app.db, &StreamDb::errorOccurred);
    QVERIFY(!app.db.undo());
    QCOMPARE(failed.size(), 1);
    QCOMPARE(app.db.lastError().code(), StreamError::Code::Superseded);
    QCOMPARE(app.field("a", "title"), "theirs");
    // The step is given up; the one before it is next.
    QVERIFY(app.db.undo());
    QCOMPARE(app.field("b", "title"), "B");
}

void tst_Writes::whatTheAppWritesByItselfIsNoStep()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    App app(board.url());
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    const auto log = [&app](const QString &key) {
        Transaction *transaction = app.db.begin();
        transaction->insert(app.cards, QVariantMap{{"id", key}, {"title", "log"}});
        QVERIFY(transaction->isUndoable());
        QSignalSpy changed(transaction, &Transaction::undoableChanged);
        transaction->setUndoable(false);
        QCOMPARE(changed.size(), 1);
        QVERIFY(!transaction->isUndoable());
        transaction->commit();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression("stays as undoable"));
        transaction->setUndoable(true);
        QVERIFY(!transaction->isUndoable());
    };
    log("log-1");
    QVERIFY(!app.db.canUndo());
    app.cards->update("a", {{"title", "A2"}});
    log("log-2");
    QVERIFY(app.db.undo());
    QCOMPARE(app.field("a", "title"), "A");
    QVERIFY(!app.db.canUndo());
    log("log-3");
    QVERIFY(app.db.redo());
    QCOMPARE(app.field("a", "title"), "A2");
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.cards->keys(), (QStringList{"a", "log-1", "log-2", "log-3"}));
}

void tst_Writes::conflicts_data()
{
    QTest::addColumn<Collection::ConflictPolicy>("policy");
    QTest::addColumn<QString>("note");
    QTest::newRow("the last writer") << Collection::ConflictPolicy::Mine << "";
    QTest::newRow("merge") << Collection::ConflictPolicy::Merge << "theirs";
}

/* Two people edit different fields of a card at once: whole values travel, so the later one takes the other's along. */
void tst_Writes::conflicts()
{
    QFETCH(Collection::ConflictPolicy, policy);
    QFETCH(QString, note);
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    App app(board.url());
    app.cards->setConflictPolicy(policy);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    // Their event gets in while ours is on its way.
    bool wasAhead = false;
    board.judge = [&](const FaultProxy::Request &request) {
        if (request.method == "POST" && !std::exchange(wasAhead, true))
            board.append({eventJson("card", "a", R"({"id":"a","title":"A","note":"theirs"})")});
        return FaultProxy::Fault();
    };
    app.cards->update("a", {{"title", "mine"}});
    QTRY_VERIFY(wasAhead);
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QTRY_COMPARE(app.conflicts.size(), 1);
    const WriteConflict conflict = app.conflicts.first();
    QCOMPARE(conflict.key(), "a");
    QCOMPARE(conflict.fields(), QStringList{"note"});
    QVERIFY(conflict.isSent());
    QCOMPARE(conflict.theirs().toMap().value("note").toString(), "theirs");
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.field("a", "title"), "mine");
    QCOMPARE(app.field("a", "note"), note);
    QCOMPARE(board.events().size(), policy == Collection::ConflictPolicy::Merge ? 4 : 3);
}

void tst_Writes::transactionsAreAModel()
{
    StoredBoard board;
    QVERIFY(board.create());
    App app(board.url());
    const TransactionModel *transactions = app.db.transactions();
    Transaction *two = app.db.begin();
    two->insert(app.cards, QVariantMap{{"id", "a"}, {"title", "A"}});
    two->upsert(app.cards, QVariantMap{{"id", "b"}, {"title", "B"}});
    two->commit();
    QCOMPARE(transactions->count(), 1);
    const QModelIndex first = transactions->index(0);
    QCOMPARE(first.data().toString(), "insert card \"a\", and 1 more");
    QCOMPARE(first.data(TransactionModel::TxIdRole).toString(), two->txid());
    QCOMPARE(first.data(TransactionModel::StateRole).toInt(), int(Transaction::State::Pending));
    QCOMPARE(first.data(TransactionModel::TypeRole).toString(), "card");
    QCOMPARE(first.data(TransactionModel::KeyRole).toString(), "a");
    QCOMPARE(first.data(TransactionModel::OperationRole).toString(), "insert");
    QCOMPARE(first.data(TransactionModel::MutationCountRole).toInt(), 2);
    QCOMPARE(first.data(TransactionModel::MutationsRole).toList(),
             (QVariantList{QVariantMap{{"operation", "insert"}, {"type", "card"}, {"key", "a"}},
                           QVariantMap{{"operation", "upsert"}, {"type", "card"}, {"key", "b"}}}));
    QCOMPARE(transactions->roleNames().value(TransactionModel::MutationsRole), "mutations");
    const QDateTime createdAt = first.data(TransactionModel::CreatedAtRole).toDateTime();
    QVERIFY(qAbs(createdAt.secsTo(QDateTime::currentDateTimeUtc())) < 60);
    QVERIFY(!app.db.transactions()->retry(0));
    QVERIFY(!app.db.transactions()->discard(7));
    app.db.preload();
    QTRY_COMPARE(transactions->count(), 0);
    QCOMPARE(app.cards->count(), 2);
}

void tst_Writes::ownSender()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    App app(board.url());
    QVariant given;
    app.db.setSender("rename", [&](const QVariant &arguments, const QString &) {
        given = arguments;
        board.append({eventOf("a", "by the server", "server-1")});
        return ended({{}, "server-1"});
    });
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    Transaction *rename = app.db.begin();
    rename->update(app.cards, "a", {{"title", "mine"}});
    rename->setAction("rename", QVariantMap{{"card", "a"}});
    QSignalSpy finished(rename, &Transaction::finished);
    Transaction::State state = Transaction::State::Open;
    connect(rename, &Transaction::finished, this, [&] { state = rename->state(); });
    rename->commit();
    QCOMPARE(app.field("a", "title"), "mine");
    QVERIFY(finished.wait());
    QCOMPARE(state, Transaction::State::Confirmed);
    QCOMPARE(app.field("a", "title"), "by the server");
    QCOMPARE(given.toMap().value("card").toString(), "a");
    QCOMPARE(board.events().size(), 2);
}

void tst_Writes::ownSenderIsTriedAgain()
{
    StoredBoard board;
    QVERIFY(board.create());
    App app(board.url());
    QStringList keys;
    app.db.setSender("add", [&](const QVariant &, const QString &key) {
        keys.append(key);
        if (keys.size() < 3)
            return ended({StreamError(StreamError::Code::Busy, "not now"), {}});
        board.append({eventOf("a", "A", key.toUtf8())});
        return ended({});
    });
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    Transaction *add = app.db.begin();
    add->insert(app.cards, QVariantMap{{"id", "a"}, {"title", "A"}});
    add->setAction("add");
    const QString txid = add->txid();
    add->commit();
    QTRY_COMPARE_WITH_TIMEOUT(app.db.pendingCount(), 0, 30'000);
    QCOMPARE(keys, (QStringList{txid, txid, txid}));
    QCOMPARE(app.cards->count(), 1);
}

void tst_Writes::ownSenderRefuses()
{
    StoredBoard board;
    QVERIFY(board.create());
    App app(board.url());
    app.db.setSender("add", [&](const QVariant &, const QString &) {
        return ended({StreamError(StreamError::Code::BadRequest, "too many cards"), {}});
    });
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QSignalSpy failed(&app.db, &StreamDb::transactionFailed);
    Transaction *add = app.db.begin();
    add->insert(app.cards, QVariantMap{{"id", "a"}, {"title", "A"}});
    add->setAction("add");
    add->commit();
    QVERIFY(failed.wait());
    QCOMPARE(app.cards->count(), 0);
    QCOMPARE(app.db.transactions()->index(0).data(TransactionModel::ErrorStringRole).toString(), "too many cards");
}

void tst_Writes::ownSenderMayDoAnything_data()
{
    QTest::addColumn<bool>("deletes");
    QTest::newRow("deletes the StreamDb") << true;
    QTest::newRow("gives it another URL") << false;
}

/* From within its call, with another one of the same turn behind it. */
void tst_Writes::ownSenderMayDoAnything()
{
    QFETCH(bool, deletes);
    StoredBoard board;
    QVERIFY(board.create());
    Session session;
    auto db = std::make_unique<StreamDb>(&session, "board", board.url());
    Collection *cards = db->collection(cardSchema);
    int calls = 0;
    db->setSender("add", [&](const QVariant &, const QString &) {
        ++calls;
        if (deletes)
            db.reset();
        else
            db->setUrl({});
        return ended({});
    });
    QList<QFuture<StreamError>> results;
    for (const char *key : {"a", "b"}) {
        Transaction *add = db->begin();
        add->insert(cards, QVariantMap{{"id", key}, {"title", "mine"}});
        add->setAction("add");
        results.append(add->result());
        add->commit();
    }
    db->preload();
    QTRY_VERIFY(results.first().isFinished() && results.last().isFinished());
    QCOMPARE(results.first().result().code(), StreamError::Code::Cancelled);
    QCOMPARE(results.last().result().code(), StreamError::Code::Cancelled);
    QCOMPARE(calls, 1);
    QVERIFY(deletes || cards->count() == 0);
}

void tst_Writes::anAnswerOfAnotherStreamGoesNowhere_data()
{
    QTest::addColumn<SendResult>("late");
    QTest::newRow("refused") << SendResult{StreamError(StreamError::Code::BadRequest, "too many cards"), {}};
    QTest::newRow("to be tried again") << SendResult{StreamError(StreamError::Code::Busy, "not now"), {}};
    QTest::newRow("done") << SendResult{{}, "server-1"};
}

/* Transactions of each stream are numbered from the start. */
void tst_Writes::anAnswerOfAnotherStreamGoesNowhere()
{
    QFETCH(SendResult, late);
    StoredBoard board;
    QVERIFY(board.create());
    App app(board.url());
    std::list<QPromise<SendResult>> calls;
    app.db.setSender("add", [&](const QVariant &, const QString &) {
        calls.emplace_back().start();
        return calls.back().future();
    });
    const auto add = [&app](const QString &key) {
        Transaction *transaction = app.db.begin();
        transaction->insert(app.cards, QVariantMap{{"id", key}, {"title", "mine"}});
        transaction->setAction("add");
        transaction->commit();
    };
    const auto answer = [](QPromise<SendResult> &call, const SendResult &result) {
        call.addResult(result);
        call.finish();
    };
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    add("a");
    QTRY_COMPARE(calls.size(), 1U);
    QUrl other = board.url();
    other.setPath("/v1/stream/other");
    app.db.setUrl(other);
    QTRY_VERIFY(app.db.isUpToDate());
    QSignalSpy errors(&app.db, &StreamDb::errorOccurred);
    add("b");
    QTRY_COMPARE(calls.size(), 2U);
    answer(calls.front(), late);
    answer(calls.back(), {{}, "server-2"});
    QVERIFY(board.append({eventOf("b", "of the server", "server-2")}, "other"));
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.db.failedCount(), 0);
    QCOMPARE(app.field("b", "title"), "of the server");
    QCOMPARE(calls.size(), 2U);
    QCOMPARE(errors.size(), 0);
}

void tst_Writes::actionsOutliveTheApp()
{
    StoredBoard board;
    QVERIFY(board.create());
    QString txid;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        Transaction *add = app.db.begin();
        add->insert(app.cards, QVariantMap{{"id", "a"}, {"title", "A"}});
        add->setAction("add", 7);
        txid = add->txid();
        add->commit();
        const QFuture<StreamError> saved = app.db.save();
        QTRY_VERIFY(saved.isFinished());
        QVERIFY(saved.result().isOk());
    }
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QTRY_COMPARE(app.rows(), QStringList{"a=A"});
    QCOMPARE(app.db.pendingCount(), 1);
    app.db.setSender("add", [&](const QVariant &arguments, const QString &key) {
        if (arguments.toInt() == 7 && key == txid)
            board.append({eventOf("a", "A", key.toUtf8())});
        return ended({});
    });
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(board.events().size(), 1);
}

void tst_Writes::saveWaitsForTheDisk()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    board.stopServer();
    QTRY_VERIFY(!app.db.isUpToDate());
    app.cards->insert(QVariantMap{{"id", "a"}, {"title", "A"}});
    const QFuture<StreamError> saved = app.db.save();
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result().isOk());
    QCOMPARE(app.cards->index(0).data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Saved));
    // Without a store there is nothing to wait for.
    App memory(board.url());
    const QFuture<StreamError> nothing = memory.db.save();
    QVERIFY(nothing.isFinished() && nothing.result().isOk());
    const QFuture<StreamError> late = app.db.save(std::chrono::milliseconds(0));
    QTRY_VERIFY(late.isFinished());
}

void tst_Writes::volatileOnesAreMerged()
{
    StoredBoard board;
    QVERIFY(board.create());
    App app(board.url());
    app.cards->setVolatileWrites(true);
    app.db.setVolatileInterval(200);
    app.db.preload();
    QTRY_COMPARE(app.db.status(), StreamDb::Status::Live);
    app.cards->insert(QVariantMap{{"id", "a"}, {"title", "0"}});
    for (int i = 1; i <= 20; ++i)
        app.cards->update("a", {{"title", QString::number(i)}});
    QCOMPARE(app.field("a", "title"), "20");
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.field("a", "title"), "20");
    QCOMPARE(board.events().size(), 2);
}

QTEST_GUILESS_MAIN(tst_Writes)
#include "tst_writes.moc"
