// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StoredBoard.h"

#include "models/StreamCheckpoint_p.h"
#include "models/StreamConnection_p.h"

#include <DurableStreams/CheckpointStore>
#include <DurableStreams/HttpSource>

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QThread>

#include <QtTest>

using namespace DurableStreams;

namespace {

FaultProxy::Fault losingAll(const FaultProxy::Request &)
{
    return {.loss = FaultProxy::Fault::Loss::Request};
}

} // namespace

/*! StreamDbs that start from what they stored. */
class tst_StoredRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showWithoutAServer();
    void areReadOnFrom();
    void showWhereNobodyKnowsHowToGoOn();
    void firstOnesComeEarly();
    void writesOverThemAreSent();
    void ofAnEmptyStreamAreNone();
    void snapshotGoesOn();
    void resetGoesOn();
    void recreatedStreamIsAnother_data();
    void recreatedStreamIsAnother();
    void shorterStreamIsAnother();
    void largeLastBatchIsNotReadAgain();
    void streamThatIsGoneIsNotCreated_data();
    void streamThatIsGoneIsNotCreated();
    void refusedOffsetWhileReading();
    void otherSchemaReadsAnew_data();
    void otherSchemaReadsAnew();
    void otherSchemaMeanwhile();
    void lateCollection();
    void sameNameTwice();
    void damagedFile();
    void damagedRows();
    void damagedWhileInUse();
    void lockedFolder();
    void noName();
    void anotherName();
    void anotherUrl();
    void storeCannotChangeOnceInUse();
    void closedWhileRestoring();
    void deletedWhileRestoring();
    void deletedInTheFirstSlot();
    void anotherUrlInTheFirstSlot();
    void preloadedTwice();
    void flushTellsWhenAllIsOnDisk();
    void closeWritesThemAtOnce();
    void sessionDeletedFirst();
};

void tst_StoredRows::showWithoutAServer()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    board.stopServer();
    BoardApp app(board);
    const QFuture<StreamError> preloaded = app.db.preload();
    QVERIFY(!app.db.isLoaded());
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    QVERIFY(app.cards->isLoaded());
    QVERIFY(!app.db.isUpToDate());
    QVERIFY(preloaded.isFinished() && preloaded.result().isOk());
    QTRY_COMPARE(app.db.status(), StreamDb::Status::WaitingToRetry);
    QVERIFY(!app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 2);
}

void tst_StoredRows::areReadOnFrom()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    QString first;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        first = app.db.offset();
        QVERIFY(board.append({card("c", "C")}));
        QTRY_COMPARE(app.cards->count(), 3);
    }
    QVERIFY(board.append({card("b", "B2"), removal("a"), card("d", "D")}));
    board.requests.clear();
    BoardApp app(board);
    QSignalSpy inserted(app.cards, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(app.cards, &QAbstractItemModel::rowsRemoved);
    QSignalSpy committed(&app.db, &StreamDb::committed);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.rows(), (QStringList{"b=B2", "c=C", "d=D"}));
    QCOMPARE(inserted.size(), 2);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(committed.size(), 2);
    QCOMPARE(board.offsets(), QByteArrayList{first.toUtf8()});
    QCOMPARE(app.errors, {});
}

/* Another version of the library kept the place where to read on in another way. */
void tst_StoredRows::showWhereNobodyKnowsHowToGoOn()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    {
        QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "version");
        database.setDatabaseName(board.checkpointPath());
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec("UPDATE durable_streams_checkpoint SET resume = x'01' || substr(resume, 2)"));
    }
    QSqlDatabase::removeDatabase("version");
    QVERIFY(board.append({removal("a"), card("c", "C")}));
    board.requests.clear();
    BoardApp app(board);
    QSignalSpy inserted(app.cards, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(app.cards, &QAbstractItemModel::rowsRemoved);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.rows(), (QStringList{"b=B", "c=C"}));
    QCOMPARE(inserted.size(), 2); // those of the disk, and what is new
    QCOMPARE(removed.size(), 1);
    QCOMPARE(board.offsets(), QByteArrayList{"-1"});
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::firstOnesComeEarly()
{
    constexpr int count = 20'000;
    const QList<QPair<int, int>> parts{{1000, 1}, {10'000, 1}, {19'000, 1}, {count, 1}};
    StoredBoard board;
    QVERIFY(board.create());
    QByteArrayList cards;
    for (int i = 0; i < count; ++i)
        cards.append(card(QByteArray::number(i), "A"));
    QVERIFY(board.append(cards));
    QVERIFY(board.append({eventJson("note", "n", R"({"text":"N"})")}));
    const Schema note("note", {}, {Field::string("text")});
    {
        BoardApp app(board);
        app.db.collection(note);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    board.stopServer();
    BoardApp app(board);
    Collection *notes = app.db.collection(note);
    QList<QPair<int, int>> counts; // of cards and notes
    connect(&app.db, &StreamDb::committed, this, [&] {
        counts.append({app.cards->count(), notes->count()});
        QCOMPARE(app.db.isLoaded(), counts.size() == parts.size());
        QCOMPARE(app.cards->isLoaded(), counts.size() == parts.size());
        QCOMPARE(app.db.offset().isEmpty(), counts.size() < parts.size());
    });
    app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(counts, parts);
    QCOMPARE(app.cards->keys().first(), "0");
    QCOMPARE(app.cards->keys().last(), QString::number(count - 1));
}

void tst_StoredRows::writesOverThemAreSent()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    board.stopServer();
    BoardApp app(board);
    app.cards->insert(QVariantMap{{"id", "new"}, {"title", "mine"}});
    app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    app.cards->update("a", {{"title", "mine too"}});
    QCOMPARE(app.rows(), (QStringList{"a=mine too", "new=mine"}));
    board.startServer();
    app.db.reconnect();
    QTRY_COMPARE(app.db.pendingCount(), 0);
    QCOMPARE(app.rows(), (QStringList{"a=mine too", "new=mine"}));
}

void tst_StoredRows::ofAnEmptyStreamAreNone()
{
    StoredBoard board;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate()); // and created it
    }
    board.stopServer();
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isLoaded());
        QCOMPARE(app.cards->count(), 0);
    }
    board.startServer();
    QVERIFY(board.append({card("a", "A")}));
    BoardApp app(board);
    app.db.preload();
    QTRY_COMPARE(app.rows(), QStringList{"a=A"});
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::snapshotGoesOn()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QVERIFY(board.append({control("snapshot-start"), card("a", "A")}));
        QVERIFY(board.append({card("c", "C")}));
        QTRY_COMPARE(app.rows(), (QStringList{"a=A", "b=B", "c=C"}));
    }
    QVERIFY(board.append({control("snapshot-end")}));
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.rows(), (QStringList{"a=A", "c=C"}));
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::resetGoesOn()
{
    StoredBoard board;
    board.chunkSize = 1; // an append an answer
    board.stopServer();
    board.startServer();
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        const QByteArray offset = app.db.offset().toUtf8();
        board.judge = losingAll;
        board.proxy.drop();
        QTRY_VERIFY(app.db.isOffline());
        QVERIFY(board.append({control("reset"), card("b", "B2")}));
        QVERIFY(board.append({card("c", "C")}));
        // The answer with the reset passes, the one behind it does not.
        board.requests.clear();
        board.judge = [offset](const FaultProxy::Request &request) {
            return request.parameter("offset") == offset ? FaultProxy::Fault{} : losingAll(request);
        };
        app.db.reconnect();
        QTRY_VERIFY(board.offsets().size() > 1 && board.offsets().last() != offset);
        QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    }
    board.judge = {};
    BoardApp app(board);
    QSignalSpy removed(app.cards, &QAbstractItemModel::rowsRemoved);
    QStringList seen;
    connect(&app.db, &StreamDb::committed, this, [&] { seen.append(app.rows().join(' ')); });
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(seen, (QStringList{"a=A b=B", "b=B2 c=C"}));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::recreatedStreamIsAnother_data()
{
    QTest::addColumn<bool>("offsetsComeAgain");
    QTest::newRow("as the server says") << false;
    QTest::newRow("at the same offsets") << true;
}

void tst_StoredRows::recreatedStreamIsAnother()
{
    QFETCH(bool, offsetsComeAgain);
    StoredBoard board;
    QVERIFY(board.createToLose());
    QVERIFY(board.append({card("a", "A")}));
    QVERIFY(board.append({card("b", "B"), card("c", "C")}));
    QString offset;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QVERIFY(board.append({card("d", "D")}));
        QTRY_COMPARE(app.cards->count(), 4);
        offset = app.db.offset();
    }
    if (offsetsComeAgain)
        board.loseEvents();
    else
        QVERIFY(board.remove() && board.create());
    QVERIFY(board.append({card("a", "A")}));
    QVERIFY(board.append({card("b", "X"), card("c", "C")}));
    QVERIFY(board.append({card("e", "E")}));
    BoardApp app(board);
    QStringList seen;
    connect(&app.db, &StreamDb::committed, this, [&] { seen.append(app.rows().join(' ')); });
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(seen, (QStringList{"a=A b=B c=C d=D", "a=A b=X c=C e=E"}));
    QCOMPARE(app.db.offset() == offset, offsetsComeAgain);
    const auto expected = offsetsComeAgain ? StreamError::Code::StreamReplaced : StreamError::Code::InvalidOffset;
    QCOMPARE(app.errors, QList{expected});
    QTRY_COMPARE(app.db.status(), StreamDb::Status::Live);

    // That one is on disk now.
    QVERIFY(board.append({card("f", "F")}));
    QTRY_COMPARE(app.cards->count(), 5);
}

void tst_StoredRows::shorterStreamIsAnother()
{
    StoredBoard board;
    QVERIFY(board.createToLose());
    QVERIFY(board.append({card("a", "A")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QVERIFY(board.append({card("b", "B")}));
        QTRY_COMPARE(app.cards->count(), 2);
    }
    board.loseEvents();
    QVERIFY(board.append({card("a", "A")}));
    for (const bool isNoticed : {true, false}) {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QCOMPARE(app.rows(), QStringList{"a=A"});
        QCOMPARE(app.errors.contains(StreamError::Code::StreamReplaced), isNoticed);
    }
}

void tst_StoredRows::largeLastBatchIsNotReadAgain()
{
    StoredBoard board;
    QVERIFY(board.create());
    QByteArrayList cards;
    for (int i = 0; i < 20'000; ++i)
        cards.append(card(QByteArray::number(i), QByteArray(100, 'x')));
    QVERIFY(board.append(cards));
    QString offset;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        offset = app.db.offset();
    }
    board.requests.clear();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 20'000);
    QCOMPARE(board.offsets(), (QByteArrayList{"-1", offset.toUtf8()}));
    QCOMPARE(app.db.eventCount(), 0);
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::streamThatIsGoneIsNotCreated_data()
{
    QTest::addColumn<bool>("hasOtherRevision");
    QTest::newRow("a checkpoint") << false;
    QTest::newRow("one that is of no use") << true;
}

void tst_StoredRows::streamThatIsGoneIsNotCreated()
{
    QFETCH(bool, hasOtherRevision);
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    QVERIFY(board.remove());
    board.requests.clear();
    BoardApp app(board);
    if (hasOtherRevision)
        app.db.setSchemaVersion("2");
    app.db.preload();
    QTRY_COMPARE(app.db.status(), StreamDb::Status::Failed);
    QCOMPARE(app.db.lastError().code(), StreamError::Code::NotFound);
    QCOMPARE(app.cards->count(), hasOtherRevision ? 0 : 1);
    QSignalSpy errors(&app.db, &StreamDb::errorOccurred);
    app.db.reconnect();
    QVERIFY(errors.wait());
    QTRY_COMPARE(app.db.status(), StreamDb::Status::Failed);
    for (const FaultProxy::Request &request : std::as_const(board.requests))
        QCOMPARE(request.method, "GET");
    // Somebody else makes it.
    QVERIFY(board.create());
    QVERIFY(board.append({card("b", "B")}));
    app.db.reconnect();
    QTRY_COMPARE(app.rows(), QStringList{"b=B"});
}

void tst_StoredRows::refusedOffsetWhileReading()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    board.judge = losingAll;
    board.proxy.drop();
    QTRY_VERIFY(app.db.isOffline());
    QVERIFY(board.remove());
    QVERIFY(board.create());
    QVERIFY(board.append({card("b", "B"), card("c", "C")}));
    board.judge = {};
    connect(&app.db, &StreamDb::statusChanged, this, [&] { QVERIFY(app.db.status() != StreamDb::Status::Failed); });
    QSignalSpy inserted(app.cards, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(app.cards, &QAbstractItemModel::rowsRemoved);
    app.db.reconnect();
    QTRY_COMPARE(app.rows(), (QStringList{"b=B", "c=C"}));
    QVERIFY(app.errors.contains(StreamError::Code::InvalidOffset));
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(removed.size(), 1);
}

void tst_StoredRows::otherSchemaReadsAnew_data()
{
    QTest::addColumn<int>("change");
    QTest::addColumn<bool>("isUsed");
    QTest::newRow("none") << 0 << true;
    QTest::newRow("version") << 1 << false;
    QTest::newRow("field type") << 2 << false;
    QTest::newRow("primary key") << 3 << false;
    QTest::newRow("one more collection") << 4 << false;
    QTest::newRow("collections in another order") << 5 << true;
}

void tst_StoredRows::otherSchemaReadsAnew()
{
    QFETCH(int, change);
    QFETCH(bool, isUsed);
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    const Schema note("note", {}, {Field::string("text")});
    const auto start = [&](StreamDb *db, int with) {
        const Schema cards("card", with == 3 ? "title" : "id",
                           {Field::string("id"), with == 2 ? Field::any("title") : Field::string("title")});
        if (with == 5)
            db->collection(note);
        Collection *collection = db->collection(cards);
        if (with != 5)
            db->collection(note);
        if (with == 4)
            db->collection(Schema("more", {}, QList<Field>{}));
        if (with == 1)
            db->setSchemaVersion("2");
        db->preload();
        return collection;
    };
    Session session;
    session.setStore(std::make_shared<SqliteStore>(board.storeOptions()));
    {
        StreamDb db(&session, "board", board.url());
        start(&db, 0);
        QTRY_VERIFY(db.isUpToDate());
    }
    board.requests.clear();
    StreamDb db(&session, "board", board.url());
    QList<bool> ups; // as of each commit
    connect(&db, &StreamDb::committed, this, [&] { ups.append(db.isUpToDate()); });
    const Collection *collection = start(&db, change);
    QTRY_VERIFY(db.isUpToDate());
    QCOMPARE(collection->count(), 1);
    QCOMPARE(ups, isUsed ? (QList<bool>{false, true}) : QList<bool>{true});
}

void tst_StoredRows::otherSchemaMeanwhile()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), eventJson("card", "b", R"({"id":"b","title":7})")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QCOMPARE(app.cards->count(), 1);
        app.cards->setFields(QStringList{"id", "title", "more"});
        QTRY_COMPARE(app.cards->count(), 2);
    }
    // The schema of the start would not have let that one in.
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 1);
}

void tst_StoredRows::lateCollection()
{
    StoredBoard board;
    QVERIFY(board.create());
    const auto note = [](const QByteArray &key) { return eventJson("note", key, R"({"text":"N"})"); };
    QVERIFY(board.append({card("a", "A"), note("n"), note("m")}));
    const Schema notesOf("note", {}, {Field::string("text")});
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        const Collection *notes = app.db.collection(notesOf);
        QTRY_COMPARE(notes->count(), 2);
    }
    QVERIFY(board.append({R"({"type":"note","key":"n","headers":{"operation":"delete"}})", card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        const Collection *notes = app.db.collection(notesOf); // before anything was read
        QTRY_VERIFY(app.db.isUpToDate() && notes->isLoaded());
        QCOMPARE(notes->keys(), QStringList{"m"});
        QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    }
    board.stopServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    const Collection *notes = app.db.collection(notesOf);
    QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    QVERIFY(!notes->isLoaded());
    board.startServer();
    app.db.reconnect();
    QTRY_COMPARE(notes->keys(), QStringList{"m"});
    QVERIFY(notes->isLoaded());
}

void tst_StoredRows::sameNameTwice()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    BoardApp second(board);
    second.db.preload();
    QTRY_VERIFY(second.db.isUpToDate());
    QCOMPARE(second.rows(), QStringList{"a=A"});
    // Of the checkpoint, and of the outbox.
    QCOMPARE(second.errors, (QList{StreamError::Code::StorageInUse, StreamError::Code::StorageInUse}));

    // One after the other is fine, also at once.
    auto third = std::make_unique<StreamDb>(&app.session, "other", board.url());
    third->preload();
    QTRY_VERIFY(third->isUpToDate());
    third = std::make_unique<StreamDb>(&app.session, "another", board.url());
    third->preload();
    QSignalSpy errors(third.get(), &StreamDb::errorOccurred);
    third->setName("other");
    QTRY_VERIFY(third->isUpToDate());
    QCOMPARE(errors.size(), 0);
}

void tst_StoredRows::damagedFile()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    QFile file(board.checkpointPath());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(100'000, 'x'));
    file.close();
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QCOMPARE(app.rows(), QStringList{"a=A"});
        QCOMPARE(app.errors, QList{StreamError::Code::StorageCorrupt});
    }
    board.stopServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(app.rows(), QStringList{"a=A"});
}

void tst_StoredRows::damagedRows()
{
    constexpr int count = 3000;
    StoredBoard board;
    QVERIFY(board.create());
    QByteArrayList cards;
    for (int i = 0; i < count; ++i)
        cards.append(card(QByteArray::number(i), "A"));
    QVERIFY(board.append(cards));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    {
        QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "damage");
        database.setDatabaseName(board.checkpointPath());
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY(query.exec("UPDATE durable_streams_rows_1 SET value = '{' WHERE row_order = 2500"));
        QVERIFY(query.exec("UPDATE durable_streams_rows_1 SET key = 'ghost' WHERE row_order = 1"));
    }
    QSqlDatabase::removeDatabase("damage");
    {
        BoardApp app(board);
        QStringList seen;
        connect(&app.db, &StreamDb::committed, this, [&] {
            seen.append(
                QString("%1 %2 %3").arg(app.cards->count()).arg(app.cards->contains("ghost")).arg(app.db.isLoaded()));
        });
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QCOMPARE(seen, (QStringList{"1000 1 0", "3000 0 1"}));
        QCOMPARE(app.errors, QList{StreamError::Code::StorageCorrupt});
    }
    board.stopServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(app.cards->count(), count);
    QVERIFY(!app.cards->contains("ghost"));
}

void tst_StoredRows::damagedWhileInUse()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        QFile file(board.checkpointPath());
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.write(QByteArray(file.size(), 'x'));
        file.close();
        QFile::remove(board.checkpointPath() + "-wal");
        QVERIFY(board.append({card("b", "B")}));
        QTRY_VERIFY(app.errors.contains(StreamError::Code::StorageCorrupt));
        QVERIFY(board.append({card("c", "C")}));
        QTRY_COMPARE(app.cards->count(), 3);
    }
    board.stopServer();
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(app.rows(), (QStringList{"a=A", "b=B", "c=C"}));
}

void tst_StoredRows::lockedFolder()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    SqliteStoreOptions options;
    options.folder = board.folder() + "/file/folder";
    QFile file(board.folder() + "/file"); // permissions do not stop everybody
    QVERIFY(file.open(QIODevice::WriteOnly));
    Session session;
    session.setStore(std::make_shared<SqliteStore>(options));
    StreamDb db(&session, "board", board.url());
    const Collection *cards = db.collection(Schema("card", "id", {"id", "title"}));
    QList<StreamError> errors;
    connect(&db, &StreamDb::errorOccurred, this, [&](const StreamError &error) { errors.append(error); });
    db.preload();
    QTRY_VERIFY(db.isUpToDate());
    QCOMPARE(cards->count(), 1);
    QCOMPARE(errors.size(), 2);
    QCOMPARE(errors.first().code(), StreamError::Code::StorageFailed);
    QVERIFY2(errors.first().message().contains("folder"), qPrintable(errors.first().message()));
    QVERIFY(board.append({card("b", "B")}));
    QTRY_COMPARE(cards->count(), 2);
}

void tst_StoredRows::noName()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    BoardApp app(board, {});
    QString message;
    connect(&app.db, &StreamDb::errorOccurred, this, [&](const StreamError &error) { message = error.message(); });
    app.db.preload();
    QCOMPARE(app.errors, {}); // not from within the call
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.errors, QList{StreamError::Code::InvalidArgument});
    QVERIFY2(message.contains("name"), qPrintable(message));
    QCOMPARE(app.rows(), QStringList{"a=A"});
    // With one it is as any.
    app.db.setName("board");
    QCOMPARE(app.cards->count(), 0);
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.rows(), QStringList{"a=A"});
    QTRY_VERIFY(QFile::exists(board.checkpointPath()));
}

void tst_StoredRows::anotherName()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    board.stopServer();
    BoardApp app(board, "elsewhere");
    app.db.preload();
    QTRY_VERIFY(app.db.isOffline());
    QCOMPARE(app.cards->count(), 0);
    app.db.setName("board");
    QTRY_COMPARE(app.rows(), QStringList{"a=A"});
    app.db.setName("elsewhere");
    QCOMPARE(app.cards->count(), 0);
}

void tst_StoredRows::anotherUrl()
{
    StoredBoard board;
    StoredBoard elsewhere;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    QVERIFY(elsewhere.create());
    QVERIFY(elsewhere.append({card("a", "X")}));
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    app.db.setUrl(elsewhere.url());
    QCOMPARE(app.cards->count(), 0);
    // By its name it is the same one until it is read.
    QStringList seen;
    connect(&app.db, &StreamDb::committed, this, [&] { seen.append(app.rows().join(' ')); });
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(seen, (QStringList{"a=A", "a=X"}));
    QCOMPARE(app.errors, QList{StreamError::Code::StreamReplaced});
}

void tst_StoredRows::storeCannotChangeOnceInUse()
{
    StoredBoard board;
    BoardApp app(board);
    const auto store = app.session.store();
    QSignalSpy errors(&app.session, &Session::errorOccurred);
    app.session.setStore(store);
    app.db.preload();
    app.session.setStore({});
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors.first().first().value<StreamError>().code(), StreamError::Code::InvalidArgument);
    QCOMPARE(app.session.store(), store);
}

namespace {

/*! A board with cards on disk, and no server. */
struct StoredCards : StoredBoard
{
    explicit StoredCards(int count = 3000)
    {
        create();
        QByteArrayList cards;
        for (int i = 0; i < count; ++i)
            cards.append(card(QByteArray::number(i), "A"));
        append(cards);
        BoardApp app(*this);
        app.db.preload();
        QSignalSpy upToDate(&app.db, &StreamDb::upToDateChanged);
        while (!app.db.isUpToDate() && upToDate.wait()) { }
    }
};

} // namespace

void tst_StoredRows::closedWhileRestoring()
{
    StoredCards board;
    BoardApp app(board);
    QSignalSpy status(&app.db, &StreamDb::statusChanged);
    const QFuture<StreamError> preloaded = app.db.preload();
    app.db.close();
    QCOMPARE(preloaded.result().code(), StreamError::Code::Cancelled);
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(app.cards->count(), 3000);
    QVERIFY(!app.db.isUpToDate());
    QCOMPARE(status.size(), 0);
    QVERIFY(board.append({card("new", "N")}));
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 3001);
}

void tst_StoredRows::deletedWhileRestoring()
{
    StoredCards board;
    for (int turns = 0; turns < 20; ++turns) {
        BoardApp app(board);
        app.db.preload();
        for (int i = 0; i < turns; ++i)
            QTest::qWait(1);
    }
    BoardApp app(board);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 3000);
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::deletedInTheFirstSlot()
{
    StoredCards board;
    for (const bool byRows : {true, false}) {
        Session session;
        session.setStore(std::make_shared<SqliteStore>(board.storeOptions()));
        auto *db = new StreamDb(&session, "board", board.url());
        const QPointer<StreamDb> guard(db);
        Collection *cards = db->collection(BoardApp(board, "unused").cards->schema());
        if (byRows)
            connect(cards, &QAbstractItemModel::rowsInserted, this, [db] { delete db; });
        else
            connect(db, &StreamDb::aboutToCommit, this, [db] { delete db; });
        db->preload();
        QTRY_VERIFY(!guard);
    }
}

void tst_StoredRows::anotherUrlInTheFirstSlot()
{
    StoredCards board;
    StoredBoard elsewhere;
    QVERIFY(elsewhere.create());
    QVERIFY(elsewhere.append({card("x", "X")}));
    BoardApp app(board);
    bool isFirst = true;
    connect(app.cards, &QAbstractItemModel::rowsInserted, this, [&] {
        if (std::exchange(isFirst, false)) {
            app.db.setName("elsewhere");
            app.db.setUrl(elsewhere.url());
        }
    });
    app.db.preload();
    QTRY_COMPARE(app.rows(), QStringList{"x=X"});
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.errors, {});
}

void tst_StoredRows::preloadedTwice()
{
    StoredCards board;
    board.requests.clear();
    BoardApp app(board);
    const QFuture<StreamError> first = app.db.preload();
    const QFuture<StreamError> second = app.db.preload();
    app.db.close();
    const QFuture<StreamError> third = app.db.preload();
    QTRY_VERIFY(third.isFinished());
    QVERIFY(third.result().isOk());
    QCOMPARE(first.result().code(), StreamError::Code::Cancelled);
    QCOMPARE(second.result().code(), StreamError::Code::Cancelled);
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 3000);
}

void tst_StoredRows::flushTellsWhenAllIsOnDisk()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A")}));
    SqliteStoreOptions options = board.storeOptions();
    options.checkpointDelay = std::chrono::hours(1);
    const SqliteStore store(options);
    QThread storage;
    QThread worker;
    storage.start();
    worker.start();
    const Declaration cards{"card", "id", {"id"}, 1};
    const auto connected = [&] {
        auto checkpoint = std::make_unique<StreamCheckpoint>(
            store.makeCheckpoint("board"), &storage, CheckpointRequest{"board", "1", {Schema("card", "id", {"id"})}});
        auto http = std::make_unique<HttpSource>(StreamEndpoint(board.url(), {}));
        auto connection = std::make_unique<StreamConnection>(std::move(http), &worker, std::move(checkpoint));
        connection->declare(cards);
        connection->open(false);
        return connection;
    };
    auto connection = connected();
    QSignalSpy committed(connection.get(), &StreamConnection::committed);
    QVERIFY(committed.wait());
    const QFuture<StreamError> flushed = connection->flushCheckpoint();
    QTRY_VERIFY(flushed.isFinished());
    QVERIFY(flushed.result().isOk());
    // What a process that was killed now would have left.
    QVERIFY(QFile::copy(board.checkpointPath(), board.folder() + "/copy.sqlite"));
    QVERIFY(!QFile::exists(board.checkpointPath() + "-wal")
            || QFile::copy(board.checkpointPath() + "-wal", board.folder() + "/copy.sqlite-wal"));
    {
        QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "copy");
        database.setDatabaseName(board.folder() + "/copy.sqlite");
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY(query.exec("SELECT count(*) FROM card") && query.next());
        QCOMPARE(query.value(0).toInt(), 1);
    }
    QSqlDatabase::removeDatabase("copy");

    // It ends, whatever becomes of the connection.
    const QFuture<StreamError> left = connection->flushCheckpoint();
    connection.reset();
    QTRY_VERIFY(left.isFinished());
    connection = connected();
    worker.quit();
    worker.wait();
    const QFuture<StreamError> late = connection->flushCheckpoint();
    QVERIFY(late.isFinished());
    QCOMPARE(late.result().code(), StreamError::Code::Cancelled);
    connection.reset();
    storage.quit();
    storage.wait();
}

/* By a program that goes on, and may be killed before the checkpoint's delay is over. */
void tst_StoredRows::closeWritesThemAtOnce()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    SqliteStoreOptions options = board.storeOptions();
    options.checkpointDelay = std::chrono::hours(1);
    Session session;
    session.setStore(std::make_shared<SqliteStore>(options));
    StreamDb db(&session, "board", board.url());
    db.collection(Schema("card", "id", {Field::string("id"), Field::string("title")}));
    db.preload();
    QTRY_VERIFY(db.isUpToDate());
    {
        QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "reader");
        database.setDatabaseName(board.checkpointPath());
        database.setConnectOptions("QSQLITE_OPEN_READONLY");
        QVERIFY(database.open());
        const auto count = [&database] {
            QSqlQuery query(database);
            return query.exec("SELECT count(*) FROM card") && query.next() ? query.value(0).toInt() : 0;
        };
        QCOMPARE(count(), 0);
        db.close();
        QTRY_COMPARE(count(), 2);
    }
    QSqlDatabase::removeDatabase("reader");
}

void tst_StoredRows::sessionDeletedFirst()
{
    StoredCards board;
    auto session = std::make_unique<Session>();
    session->setStore(std::make_shared<SqliteStore>(board.storeOptions()));
    StreamDb db(session.get(), "board", board.url());
    const Collection *cards = db.collection(Schema("card", "id", {Field::string("id"), Field::string("title")}));
    db.preload();
    QTRY_VERIFY(cards->count() > 0);
    session.reset();
    QCOMPARE(cards->count(), 0);
    QVERIFY(!db.isLoaded());
    BoardApp app(board);
    app.db.preload();
    QTRY_COMPARE(app.cards->count(), 3000);
    QCOMPARE(app.errors, {});
}

QTEST_GUILESS_MAIN(tst_StoredRows)
#include "tst_storedrows.moc"
