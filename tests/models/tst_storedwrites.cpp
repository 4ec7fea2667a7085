// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StoredBoard.h"

#include <DurableStreams/OutboxStore>
#include <DurableStreams/Transaction>

#include <QtTest>

#include <memory>

using namespace DurableStreams;

namespace {

using RowState = RowModel::RowState;

RowState stateOf(const Collection *cards, const QString &key)
{
    return RowState(cards->index(cards->indexOf(key)).data(RowModel::RowStateRole).toInt());
}

void insert(BoardApp &app, const QString &key, const QString &title)
{
    app.cards->insert(QVariantMap{{"id", key}, {"title", title}});
}

/* An app that could not send a card, and has quit; the server is gone. */
void leaveUnsent(StoredBoard &board, const QString &key)
{
    BoardApp app(board);
    board.stopServer();
    app.db.preload();
    insert(app, key, key.toUpper());
    QTRY_COMPARE(stateOf(app.cards, key), RowState::Saved);
}

bool removeCheckpoint(const StoredBoard &board)
{
    // The app may have ended before it made one.
    for (const char *suffix : {"-wal", "-shm", ""})
        QFile::remove(board.checkpointPath() + suffix);
    return !QFile::exists(board.checkpointPath());
}

/* A stream where nothing happens. */
class SilentSource : public StreamSource
{
public:
    void open(const QByteArray & /*offset*/, bool /*mayCreate*/) override
    {
        isOpen = true;
        Q_EMIT statusChanged(Status::Live, 0);
    }
    void close() override { }
    void append(quint64 /*id*/, const QByteArray & /*events*/, Delivery /*delivery*/) override { }

    bool isOpen = false;
};

/* What failed. */
struct Journal
{
    explicit Journal(StreamDb *db)
    {
        QObject::connect(db, &StreamDb::transactionFailed, db,
                         [this](Transaction *transaction) { failures.append(transaction->error().message()); });
    }
    QStringList failures;
};

} // namespace

/* Writes that are on disk when that is said, outlive the program, and reach the stream once. */
class tst_StoredWrites : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areSavedThenSentThenConfirmed();
    void outliveTheAppWithoutANetwork();
    void manyShowWithTheRows();
    void areLoadedWithoutACheckpoint();
    void noneAreNotLoaded();
    void failedOnesAloneAreNotLoaded();
    void ofAStreamThatIsNotThereYetCreateIt();
    void areThereOnceWhenTheirAnswerIsLost();
    void closeLosesNothing();
    void aRefusedWriterAsksAndGoesOn_data();
    void aRefusedWriterAsksAndGoesOn();
    void failedOnesOutliveTheApp();
    void discardedOnesNeverLeave();
    void anUnconfirmedOneTellsSo();
    void noOtherValueIsSeen();
    void sameNameTwice();
    void withoutAName();
    void anotherUrlKeepsThem();
    void aSlotMayRunALoopWhileTheyAreRead();
    void aSlotMayRunALoopWhereTheyAreNot();
    void aSlotMayGiveAnotherUrl();
    void volatileOnesAreNotKept();
    void manyGoInFewRequests();
    void resultsAreFutures();
};

void tst_StoredWrites::areSavedThenSentThenConfirmed()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    Transaction *transaction = app.db.begin();
    transaction->insert(app.cards, QVariantMap{{"id", "a"}, {"title", "A"}});
    QList<Transaction::State> states;
    connect(transaction, &Transaction::stateChanged, this, [&] { states.append(transaction->state()); });
    transaction->commit();
    QCOMPARE(transaction->state(), Transaction::State::Pending);
    QCOMPARE(stateOf(app.cards, "a"), RowState::Pending);
    QSignalSpy finished(transaction, &Transaction::finished);
    QVERIFY(finished.wait());
    using State = Transaction::State;
    QCOMPARE(states, (QList<State>{State::Pending, State::Saved, State::Sent, State::Confirmed}));
    QCOMPARE(stateOf(app.cards, "a"), RowState::Confirmed);
    QCOMPARE(board.events().size(), 1);
    QCOMPARE(app.errors, {});
}

void tst_StoredWrites::outliveTheAppWithoutANetwork()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.stopServer();
        QTRY_VERIFY(!app.db.isUpToDate());
        app.cards->update("a", {{"title", "A2"}});
        app.cards->remove("b");
        insert(app, "c", "C");
        app.cards->update("c", {{"title", "C2"}});
        QTRY_COMPARE(stateOf(app.cards, "c"), RowState::Saved);
    }
    {
        BoardApp app(board);
        QStringList first;
        connect(&app.db, &StreamDb::committed, this, [&] {
            if (first.isEmpty())
                first = app.rows();
        });
        app.db.preload();
        QTRY_VERIFY(app.db.isLoaded());
        QTRY_COMPARE(app.rows(), (QStringList{"a=A2", "c=C2"}));
        QCOMPARE(first, app.rows());
        QCOMPARE(stateOf(app.cards, "a"), RowState::Saved);
        QCOMPARE(app.db.pendingCount(), 4);
    }
    board.startServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.rows(), (QStringList{"a=A2", "c=C2"}));
    QCOMPARE(stateOf(app.cards, "a"), RowState::Confirmed);
    QCOMPARE(board.events().size(), 6);
}

/* More than the GUI thread restores in one turn; still no row shows without its change. */
void tst_StoredWrites::manyShowWithTheRows()
{
    constexpr int count = 1800;
    StoredBoard board;
    QVERIFY(board.create());
    QByteArrayList cards;
    for (int i = 0; i < count; ++i)
        cards.append(card(QByteArray::number(i), "old"));
    QVERIFY(board.append(cards));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.stopServer();
        QTRY_VERIFY(!app.db.isUpToDate());
        for (int i = 0; i < count; ++i)
            app.cards->update(QString::number(i), {{"title", "new"}});
        QTRY_COMPARE(stateOf(app.cards, QString::number(count - 1)), RowState::Saved);
        const QFuture<StreamError> saved = app.db.save();
        QTRY_VERIFY(saved.isFinished());
    }
    {
        BoardApp app(board);
        const QAbstractItemModelTester transactionsTester(app.db.transactions());
        QSet<QString> titles;
        const auto note = [&](const QModelIndex &, int first, int last) {
            for (int row = first; row <= last; ++row)
                titles.insert(app.cards->data(app.cards->index(row), app.cards->roleOf("title")).toString());
        };
        connect(app.cards, &QAbstractItemModel::rowsInserted, this, note);
        connect(app.cards, &QAbstractItemModel::dataChanged, this,
                [&](const QModelIndex &first, const QModelIndex &last) { note({}, first.row(), last.row()); });
        app.db.preload();
        insert(app, "meanwhile", "new");
        QTRY_VERIFY(app.db.isLoaded());
        QCOMPARE(app.db.pendingCount(), count + 1);
        QCOMPARE(app.cards->count(), count + 1);
        QCOMPARE(app.db.transactions()->count(), count + 1);
        board.startServer();
        app.db.reconnect();
        QTRY_COMPARE(app.db.pendingCount(), 0);
        QCOMPARE(app.db.transactions()->count(), 0);
        QCOMPARE(titles, QSet<QString>{"new"});
    }
    const QVariantList events = board.events();
    QCOMPARE(events.size(), 2 * count + 1);
    QCOMPARE(events.last().toMap().value("key").toString(), "meanwhile");
}

/* A program that was killed before its first checkpoint was written, and that has no network when it starts again. */
void tst_StoredWrites::areLoadedWithoutACheckpoint()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    leaveUnsent(board, "b");
    QVERIFY(removeCheckpoint(board));
    BoardApp app(board);
    QSignalSpy loaded(app.cards, &Collection::loadedChanged);
    const QFuture<StreamError> preloaded = app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    QVERIFY(app.cards->isLoaded());
    QVERIFY(!app.db.isUpToDate());
    QCOMPARE(app.rows(), QStringList{"b=B"});
    QTRY_VERIFY(preloaded.isFinished());
    QVERIFY(preloaded.result().isOk());
    board.startServer();
    app.db.reconnect();
    QTRY_VERIFY(app.db.isUpToDate());
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    QVERIFY(app.cards->isLoaded());
    QCOMPARE(app.db.progress(), 1.0);
    QCOMPARE(loaded.size(), 1);
}

void tst_StoredWrites::noneAreNotLoaded()
{
    StoredBoard board;
    board.stopServer();
    BoardApp app(board);
    QSignalSpy retried(&app.db, &StreamDb::statusChanged);
    const QFuture<StreamError> preloaded = app.db.preload();
    QTRY_COMPARE(app.db.status(), StreamDb::Status::WaitingToRetry);
    QTRY_VERIFY(retried.size() > 3);
    QVERIFY(!app.db.isLoaded());
    QVERIFY(!app.cards->isLoaded());
    QVERIFY(!preloaded.isFinished());
}

void tst_StoredWrites::failedOnesAloneAreNotLoaded()
{
    StoredBoard board;
    QVERIFY(board.create());
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.judge = [](const FaultProxy::Request &request) {
            return request.method == "POST" ? answered("400 Bad Request") : FaultProxy::Fault();
        };
        insert(app, "a", "A");
        QTRY_COMPARE(app.db.failedCount(), 1);
    }
    QVERIFY(removeCheckpoint(board));
    board.stopServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_COMPARE(app.db.failedCount(), 1);
    QTRY_COMPARE(app.db.status(), StreamDb::Status::WaitingToRetry);
    QCOMPARE(app.cards->count(), 0);
    QVERIFY(!app.db.isLoaded());
}

/* Rows of the outbox say nothing of the stream: where it was never read it may be created. */
void tst_StoredWrites::ofAStreamThatIsNotThereYetCreateIt()
{
    StoredBoard board;
    board.stopServer();
    leaveUnsent(board, "a");
    board.startServer();
    board.judge = [](const FaultProxy::Request &) { return answered("404 Not Found"); };
    BoardApp app(board);
    app.db.preload();
    QTRY_COMPARE(app.db.status(), StreamDb::Status::Failed);
    QTRY_VERIFY(app.db.isLoaded());
    board.judge = {};
    app.db.reconnect();
    QTRY_VERIFY(app.db.isUpToDate());
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.rows(), QStringList{"a=A"});
}

void tst_StoredWrites::areThereOnceWhenTheirAnswerIsLost()
{
    StoredBoard board;
    QVERIFY(board.create());
    bool wasLost = false;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.judge = [&](const FaultProxy::Request &request) {
            FaultProxy::Fault fault;
            if (request.method == "POST") {
                fault.loss = FaultProxy::Fault::Loss::Answer;
                wasLost = true;
            }
            return fault;
        };
        insert(app, "a", "A");
        QTRY_VERIFY(wasLost);
    }
    board.judge = {};
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    insert(app, "b", "B");
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(board.events().size(), 2);
    QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
}

void tst_StoredWrites::closeLosesNothing()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    Journal journal(&app.db);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    bool wasLost = false;
    board.judge = [&](const FaultProxy::Request &request) {
        FaultProxy::Fault fault;
        if (request.method == "POST") {
            fault.loss = FaultProxy::Fault::Loss::Answer;
            wasLost = true;
        }
        return fault;
    };
    insert(app, "a", "A");
    QTRY_VERIFY(wasLost);
    app.db.close();
    insert(app, "b", "B");
    QTRY_COMPARE(stateOf(app.cards, "b"), RowState::Saved);
    board.judge = {};
    app.db.reconnect();
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(board.events().size(), 2);
    QCOMPARE(journal.failures, QStringList());
}

void tst_StoredWrites::aRefusedWriterAsksAndGoesOn_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<StreamError::Code>("code");
    QTest::newRow("401") << QByteArray("401 Unauthorized") << StreamError::Code::Unauthorized;
    QTest::newRow("403") << QByteArray("403 Forbidden") << StreamError::Code::Forbidden;
    QTest::newRow("404") << QByteArray("404 Not Found") << StreamError::Code::NotFound;
    QTest::newRow("410") << QByteArray("410 Gone") << StreamError::Code::NotFound;
}

void tst_StoredWrites::aRefusedWriterAsksAndGoesOn()
{
    QFETCH(QByteArray, answer);
    QFETCH(StreamError::Code, code);
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    Journal journal(&app.db);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    board.judge = [&](const FaultProxy::Request &request) {
        return request.method == "POST" ? answered(answer) : FaultProxy::Fault();
    };
    QSignalSpy held(&app.db, &StreamDb::heldByChanged);
    insert(app, "a", "A");
    insert(app, "b", "B");
    QVERIFY(held.wait());
    QCOMPARE(app.db.heldBy().code(), code);
    app.cards->update("a", {{"title", "A2"}});
    QTRY_COMPARE(stateOf(app.cards, "a"), RowState::Saved);
    QTRY_COMPARE(stateOf(app.cards, "b"), RowState::Saved); // or it goes ahead of the first, on its way already
    QCOMPARE(app.db.pendingCount(), 3);
    board.judge = {};
    app.session.setBearerToken("new");
    QVERIFY(app.db.heldBy().isOk());
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.rows(), (QStringList{"a=A2", "b=B"}));
    QCOMPARE(board.events().size(), 3);
    QCOMPARE(journal.failures, QStringList());
}

void tst_StoredWrites::failedOnesOutliveTheApp()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    QString txid;
    {
        BoardApp app(board);
        Journal journal(&app.db);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.judge = [](const FaultProxy::Request &request) {
            return request.method == "POST" ? answered("400 Bad Request") : FaultProxy::Fault();
        };
        txid = app.cards->update("a", {{"title", "A2"}})->txid();
        QTRY_COMPARE(app.db.failedCount(), 1);
        QCOMPARE(app.rows(), QStringList{"a=A"});
        QCOMPARE(stateOf(app.cards, "a"), RowState::Failed);
        QTRY_COMPARE(journal.failures.size(), 1);
    }
    board.judge = {};
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.db.failedCount(), 1);
    QCOMPARE(app.db.pendingCount(), 0);
    QCOMPARE(stateOf(app.cards, "a"), RowState::Failed);
    QVERIFY(app.db.retry(txid));
    QCOMPARE(app.rows(), QStringList{"a=A2"});
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.db.failedCount(), 0);
    QCOMPARE(stateOf(app.cards, "a"), RowState::Confirmed);
    QCOMPARE(board.events().size(), 2);
}

void tst_StoredWrites::discardedOnesNeverLeave()
{
    StoredBoard board;
    QVERIFY(board.create());
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.stopServer();
        QTRY_VERIFY(!app.db.isUpToDate());
        const QString txid = app.cards->insert(QVariantMap{{"id", "a"}, {"title", "A"}})->txid();
        insert(app, "b", "B");
        QTRY_COMPARE(stateOf(app.cards, "b"), RowState::Saved);
        QVERIFY(app.db.discard(txid));
        QVERIFY(!app.db.discard(txid));
        QCOMPARE(app.rows(), QStringList{"b=B"});
    }
    board.startServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.rows(), QStringList{"b=B"});
    QCOMPARE(board.events().size(), 1);
}

/* The stream took it, and then nothing is heard. */
void tst_StoredWrites::anUnconfirmedOneTellsSo()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    app.db.setConfirmationLimit(1);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    // It ends far behind all that is read.
    board.judge = [](const FaultProxy::Request &request) {
        FaultProxy::Fault fault = answered("200 OK");
        fault.answer =
            "HTTP/1.1 200 OK\r\nStream-Next-Offset: 9999999999999999_9999999999999999\r\nContent-Length: 0\r\n\r\n";
        return request.method == "POST" ? fault : FaultProxy::Fault();
    };
    insert(app, "a", "A");
    QTRY_COMPARE(stateOf(app.cards, "a"), RowState::Unconfirmed);
    QCOMPARE(app.db.pendingCount(), 1);
}

/* What a view sees between an edit and its confirmation, with and without storage: the old value and the new one. */
void tst_StoredWrites::noOtherValueIsSeen()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "0")}));
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QStringList seen{app.title("a")};
    const auto look = [&] {
        if (seen.last() != app.title("a"))
            seen.append(app.title("a"));
    };
    connect(app.cards, &QAbstractItemModel::dataChanged, this, look);
    connect(app.cards, &QAbstractItemModel::rowsRemoved, this, [&] { seen.append("removed"); });
    connect(&app.db, &StreamDb::committed, this, look);
    connect(&app.db, &StreamDb::aboutToCommit, this, look);
    QStringList expected{"0"};
    for (int i = 1; i <= 50; ++i) {
        const QString title = QString::number(i);
        expected.append(title);
        app.cards->update("a", {{"title", title}});
        if (i % 3 == 0)
            QTRY_COMPARE(app.db.pendingCount(), 0);
    }
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(seen, expected);
    QCOMPARE(board.events().size(), 51);
}

void tst_StoredWrites::sameNameTwice()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp first(board);
    first.db.preload();
    QTRY_VERIFY(first.db.isUpToDate());
    BoardApp second(board);
    second.db.preload();
    QTRY_VERIFY(second.db.isUpToDate());
    QVERIFY(second.errors.contains(StreamError::Code::StorageInUse));
    insert(second, "b", "B");
    insert(first, "a", "A");
    QTRY_COMPARE(first.cards->count(), 2);
    QTRY_COMPARE(second.db.pendingCount(), 0);
    QTRY_COMPARE(first.db.pendingCount(), 0);
    QCOMPARE(board.events().size(), 2);
}

void tst_StoredWrites::withoutAName()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board, QString());
    app.db.preload();
    insert(app, "a", "A");
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.errors, QList<StreamError::Code>{StreamError::Code::InvalidArgument});
    QCOMPARE(board.events().size(), 1);
}

void tst_StoredWrites::anotherUrlKeepsThem()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    Journal journal(&app.db);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    board.stopServer();
    QTRY_VERIFY(!app.db.isUpToDate());
    insert(app, "a", "A");
    QTRY_COMPARE(stateOf(app.cards, "a"), RowState::Saved);
    const QUrl url = app.db.url();
    app.db.setUrl(QUrl());
    QCOMPARE(app.cards->count(), 0);
    QTRY_COMPARE(journal.failures.size(), 1);
    board.startServer();
    app.db.setUrl(url);
    app.db.preload();
    QTRY_COMPARE(app.rows(), QStringList{"a=A"});
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(board.events().size(), 1);
}

/* As a dialog does, at the very start of the program. */
void tst_StoredWrites::aSlotMayRunALoopWhileTheyAreRead()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        const QFuture<StreamError> saved = app.db.save();
        QTRY_VERIFY(saved.isFinished());
    }
    const auto store = std::make_shared<LateStore>(board.storeOptions());
    SilentSource source;
    BoardApp app(board);
    app.session.setStore(store);
    app.db.setSource(&source);
    bool isRead = false;
    QObject context;
    connect(app.cards, &Collection::rowsInserted, &context, [&] {
        // By the time that it is opened the rows from the disk were told.
        if (!isRead && QTest::qWaitFor([&] { return source.isOpen; })) {
            store->read();
            QCoreApplication::processEvents();
            isRead = true;
        }
    });
    app.db.preload();
    insert(app, "b", "B");
    QVERIFY(isRead);
    QTRY_COMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    QTRY_COMPARE(app.db.status(), StreamDb::Status::Live);
}

/* The dialog that says so does not hold up the rows. */
void tst_StoredWrites::aSlotMayRunALoopWhereTheyAreNot()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    BoardApp first(board);
    first.db.preload();
    QTRY_VERIFY(first.db.isUpToDate());
    BoardApp second(board);
    bool isUpToDate = false;
    const auto wait = [&](const StreamError &error) {
        if (error.code() == StreamError::Code::StorageInUse && !second.db.isLoaded())
            isUpToDate = QTest::qWaitFor([&] { return second.db.isUpToDate() && second.cards->count() == 1; });
    };
    connect(&second.db, &StreamDb::errorOccurred, this, wait);
    second.db.preload();
    QTRY_VERIFY(isUpToDate);
}

/* While they are restored, which takes several turns: they are read anew for that one. */
void tst_StoredWrites::aSlotMayGiveAnotherUrl()
{
    constexpr int count = 1200;
    StoredBoard board;
    QVERIFY(board.create());
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.stopServer();
        QTRY_VERIFY(!app.db.isUpToDate());
        for (int i = 0; i < count; ++i)
            insert(app, QString::number(i), "x");
        QTRY_COMPARE(stateOf(app.cards, QString::number(count - 1)), RowState::Saved);
    }
    board.startServer();
    BoardApp app(board);
    const QUrl url = app.db.url();
    app.db.setUrl(QUrl("http://127.0.0.1:9/v1/stream/nowhere"));
    int turns = 0;
    connect(&app.db, &StreamDb::pendingCountChanged, this, [&] {
        if (++turns == 2)
            app.db.setUrl(url);
    });
    app.db.preload();
    QTRY_VERIFY(turns > 2);
    QTRY_VERIFY(app.db.isUpToDate() && app.db.pendingCount() == 0);
    QCOMPARE(app.cards->count(), count);
    QCOMPARE(app.db.transactions()->count(), 0);
    QCOMPARE(board.events().size(), count);
}

void tst_StoredWrites::volatileOnesAreNotKept()
{
    StoredBoard board;
    QVERIFY(board.create());
    {
        BoardApp app(board);
        app.cards->setVolatileWrites(true);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        board.stopServer();
        QTRY_COMPARE(app.db.status(), StreamDb::Status::WaitingToRetry);
        insert(app, "a", "A");
        QTRY_COMPARE(app.cards->count(), 0);
        QCOMPARE(app.db.failedCount(), 0);
    }
    board.startServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 0);
    QCOMPARE(board.events().size(), 0);
}

void tst_StoredWrites::manyGoInFewRequests()
{
    StoredBoard board;
    QVERIFY(board.create());
    BoardApp app(board);
    board.stopServer();
    app.db.preload();
    constexpr int count = 1000;
    for (int i = 0; i < count; ++i)
        insert(app, QString::number(i), "x");
    QTRY_COMPARE(stateOf(app.cards, QString::number(count - 1)), RowState::Saved);
    board.requests.clear();
    const QSignalSpy removed(app.db.transactions(), &QAbstractItemModel::rowsRemoved);
    board.startServer();
    app.db.reconnect();
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(board.events().size(), count);
    QVERIFY2(removed.size() < 40, qPrintable(QString::number(removed.size())));
    const auto posts = std::count_if(board.requests.cbegin(), board.requests.cend(),
                                     [](const FaultProxy::Request &request) { return request.method == "POST"; });
    QVERIFY2(posts < 40, qPrintable(QString::number(posts)));
}

void tst_StoredWrites::resultsAreFutures()
{
    StoredBoard board;
    QVERIFY(board.create());
    QFuture<StreamError> waiting;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        const QFuture<StreamError> confirmed = app.cards->insert(QVariantMap{{"id", "a"}, {"title", "A"}})->result();
        const QFuture<StreamError> failed = app.cards->remove("unknown")->result();
        Transaction *open = app.db.begin();
        const QFuture<StreamError> discarded = open->result();
        open->discard();
        QTRY_VERIFY(confirmed.isFinished() && failed.isFinished() && discarded.isFinished());
        QVERIFY(confirmed.result().isOk());
        QCOMPARE(failed.result().code(), StreamError::Code::InvalidArgument);
        QCOMPARE(discarded.result().code(), StreamError::Code::Cancelled);
        board.stopServer();
        waiting = app.cards->remove("a")->result();
        QVERIFY(!waiting.isFinished());
    }
    QVERIFY(waiting.isFinished());
    QCOMPARE(waiting.result().code(), StreamError::Code::Cancelled);
}

QTEST_GUILESS_MAIN(tst_StoredWrites)
#include "tst_storedwrites.moc"
