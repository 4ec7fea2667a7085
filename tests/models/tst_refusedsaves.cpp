// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StoredBoard.h"

#include <DurableStreams/OutboxStore>
#include <DurableStreams/Transaction>

#include <QtTest>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

using namespace DurableStreams;

namespace {

using Code = StreamError::Code;
using RowState = RowModel::RowState;

/* What an outbox finds when it saves. */
struct Disk
{
    std::optional<Code> refusal = Code::StorageFull;
    // Of what it refuses then:
    bool refusesAdditions = true;
    bool refusesFailures = false;
    bool refusesRemovals = false;
    bool keepsWhatItRefuses = false; // as when its sync fails, and the program ends
    bool isWordless = false; // its futures end with nothing
    std::function<void()> whenWritten; // ahead of the next addition
};

class RefusingOutbox : public OutboxStore
{
public:
    RefusingOutbox(std::unique_ptr<OutboxStore> outbox, Disk *disk)
        : m_outbox(outbox.release())
        , m_disk(disk)
    {
        m_outbox->setParent(this);
    }
    QFuture<OutboxContent> load(const QByteArray &stream) override { return m_outbox->load(stream); }
    QFuture<StreamError> add(const OutboxTransaction &transaction) override
    {
        if (const auto whenWritten = std::exchange(m_disk->whenWritten, {}))
            whenWritten();
        if (refuses(m_disk->keepsWhatItRefuses))
            m_outbox->add(transaction);
        return refuses(m_disk->refusesAdditions) ? refused() : m_outbox->add(transaction);
    }
    QFuture<StreamError> replace(const OutboxTransaction &transaction) override
    {
        return m_outbox->replace(transaction);
    }
    QFuture<StreamError> freeze(const QList<ProducerBatch> &batches) override { return m_outbox->freeze(batches); }
    QFuture<StreamError> answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset) override
    {
        return m_outbox->answer(epoch, sequence, nextOffset);
    }
    QFuture<StreamError> setProducer(const ProducerState &producer) override { return m_outbox->setProducer(producer); }
    QFuture<StreamError> fail(quint64 sequence, const StreamError &error) override
    {
        return refuses(m_disk->refusesFailures) ? refused() : m_outbox->fail(sequence, error);
    }
    QFuture<StreamError> remove(const QList<quint64> &sequences) override
    {
        return refuses(m_disk->refusesRemovals) ? refused() : m_outbox->remove(sequences);
    }
    QFuture<StreamError> clear() override { return m_outbox->clear(); }
    void close() override { m_outbox->close(); }

private:
    bool refuses(bool such) const { return m_disk->refusal && such; }
    QFuture<StreamError> refused() const
    {
        QPromise<StreamError> promise;
        promise.start();
        if (!m_disk->isWordless)
            promise.addResult(StreamError(*m_disk->refusal, "refused"));
        return promise.future(); // which ends with the promise
    }

    OutboxStore *const m_outbox;
    Disk *const m_disk;
};

class RefusingStore : public SqliteStore
{
public:
    RefusingStore(const SqliteStoreOptions &options, Disk *disk)
        : SqliteStore(options)
        , m_disk(disk)
    {
    }
    std::unique_ptr<OutboxStore> makeOutbox(const QString &stream) const override
    {
        return std::make_unique<RefusingOutbox>(SqliteStore::makeOutbox(stream), m_disk);
    }

private:
    Disk *const m_disk;
};

RowState stateOf(const Collection *cards, const QString &key)
{
    return cards->index(cards->indexOf(key), 0).data(RowModel::RowStateRole).value<RowState>();
}

Transaction *insert(Collection *cards, const QString &key)
{
    return cards->insert(QVariantMap{{"id", key}, {"title", key.toUpper()}});
}

FaultProxy::Fault takesNoWrites(const FaultProxy::Request &request)
{
    return request.method == "POST" ? answered("400 Bad Request") : FaultProxy::Fault();
}

/* A board whose outbox is on a disk that may refuse. */
struct RefusedBoard
{
    RefusedBoard()
    {
        isCreated = board.create();
        app.emplace(board);
        app->session.setStore(std::make_shared<RefusingStore>(board.storeOptions(), &disk));
        app->db.preload();
    }
    /* Of what an app finds that is started without a network: `key=title`. */
    QStringList kept()
    {
        app.reset();
        board.stopServer();
        BoardApp later(board);
        later.db.preload();
        return QTest::qWaitFor([&] { return later.db.isLoaded() || later.db.isOffline(); }) ? later.rows()
                                                                                            : QStringList{"nothing"};
    }

    Disk disk;
    StoredBoard board;
    bool isCreated = false;
    std::optional<BoardApp> app;
};

} // namespace

/*! Writes that the disk refuses: for a while, or for good. */
class tst_RefusedSaves : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFullDiskIsTriedAgain();
    void discardedOnesStayAway();
    void discardedOnesAreNotLeftOnDisk();
    void nothingWaitsBeyondTheEnd();
    void whatIsTriedAgainStaysOnDisk();
    void anotherTryReplacesWhatIsNotKnownToHaveFailed_data();
    void anotherTryReplacesWhatIsNotKnownToHaveFailed();
    void aDiscardedTryTakesTheFailedOneAlong();
    void manyCallsOfSaveEnd();
    void theLastWordIsKept();
    void aSlotMayDeleteTheStreamDb();
    void oneThatIsLostIsTold_data();
    void oneThatIsLostIsTold();
    void saveWaitsForTheOutbox();
    void saveBeforeTheStart();
};

/* The transactions wait, shown and pending, until there is room. */
void tst_RefusedSaves::aFullDiskIsTriedAgain()
{
    StoredBoard board;
    QVERIFY(board.create());
    Disk disk;
    Session session;
    session.setStore(std::make_shared<RefusingStore>(board.storeOptions(), &disk));
    StreamDb db(&session, "board", board.url());
    Collection *cards = db.collection(Schema("card", "id", {"id", "title"}));
    QList<StreamError::Code> errors;
    connect(&db, &StreamDb::errorOccurred, this, [&](const StreamError &error) {
        if (error.code() == Code::StorageFull)
            errors.append(error.code());
    });
    db.preload();
    QTRY_VERIFY(db.isUpToDate());
    cards->insert(QVariantMap{{"id", "a"}, {"title", "A"}});
    const QString discarded = cards->insert(QVariantMap{{"id", "b"}, {"title", "B"}})->txid();
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(errors.first(), Code::StorageFull);
    QCOMPARE(stateOf(cards, "a"), RowState::Pending);
    QVERIFY(db.discard(discarded));
    for (int attempt = 0; attempt < 3; ++attempt) {
        const QFuture<StreamError> failed = db.save();
        QTRY_VERIFY(failed.isFinished());
        QCOMPARE(failed.result().code(), Code::StorageFull);
    }
    // Trouble that lasts is told once, and stands as long.
    QCOMPARE(errors.size(), 1);
    board.stopServer();
    QTRY_VERIFY(db.isOffline());
    QCOMPARE(db.lastError().code(), Code::NetworkError);
    // Also while all that was refused is being tried again.
    disk.whenWritten = [&] {
        board.startServer();
        db.reconnect();
        QTRY_COMPARE(db.status(), StreamDb::Status::Live);
        QCOMPARE(db.lastError().code(), Code::StorageFull);
    };
    const QFuture<StreamError> tried = db.save();
    QTRY_VERIFY(tried.isFinished());
    QVERIFY(!disk.whenWritten);
    QCOMPARE(db.lastError().code(), Code::StorageFull);
    disk.refusal.reset();
    const QFuture<StreamError> saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result().isOk());
    QTRY_COMPARE(db.pendingCount(), 0);
    QCOMPARE(cards->keys(), QStringList{"a"});
    QCOMPARE(board.events().size(), 1);
    QTRY_VERIFY(db.lastError().isOk());
    disk.refusal = Code::StorageFull;
    cards->insert(QVariantMap{{"id", "c"}, {"title", "C"}});
    QTRY_COMPARE(errors.size(), 2);
    cards->insert(QVariantMap{{"id", "d"}, {"title", "D"}});
    disk.refusal.reset(); // and "d" is being refused
    const QFuture<StreamError> savedAfterRefusal = db.save();
    QTRY_VERIFY(savedAfterRefusal.isFinished());
    QVERIFY(savedAfterRefusal.result().isOk());
}

/* Although they were being tried again, and whatever the disk said to that. */
void tst_RefusedSaves::discardedOnesStayAway()
{
    RefusedBoard refused;
    QVERIFY(refused.isCreated);
    StreamDb &db = refused.app->db;
    QTRY_VERIFY(db.isUpToDate());
    refused.board.stopServer();
    const QString whileFull = insert(refused.app->cards, "a")->txid();
    const QString whereThereIsRoom = insert(refused.app->cards, "b")->txid();
    insert(refused.app->cards, "c");
    QTRY_VERIFY(refused.app->errors.contains(Code::StorageFull));
    QVERIFY(db.discard(whileFull));
    QFuture<StreamError> saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QCOMPARE(saved.result().code(), Code::StorageFull);
    refused.disk.refusal.reset();
    QVERIFY(db.discard(whereThereIsRoom));
    saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result().isOk());
    QTRY_VERIFY(stateOf(refused.app->cards, "c") != RowState::Pending);
    // The trouble is over, though no answer of the server says so.
    QTRY_VERIFY(db.lastError().code() != Code::StorageFull);
    QCOMPARE(refused.kept(), QStringList{"c=C"});
}

/* Where the disk has what it refused. */
void tst_RefusedSaves::discardedOnesAreNotLeftOnDisk()
{
    RefusedBoard refused;
    StreamDb &db = refused.app->db;
    QTRY_VERIFY(db.isUpToDate());
    refused.board.stopServer();
    QTRY_VERIFY(db.isOffline());
    refused.disk.refusal = Code::StorageFailed;
    refused.disk.keepsWhatItRefuses = true;
    const QString txid = insert(refused.app->cards, "a")->txid();
    QTRY_VERIFY(refused.app->errors.contains(Code::StorageFailed));
    QVERIFY(db.discard(txid));
    QCOMPARE(refused.kept(), QStringList());
}

/* What waits for an answer of the disk when the app ends is given to it all the same. */
void tst_RefusedSaves::nothingWaitsBeyondTheEnd()
{
    RefusedBoard refused;
    StreamDb &db = refused.app->db;
    refused.disk.refusal.reset();
    QTRY_VERIFY(db.isUpToDate());
    refused.board.stopServer();
    QTRY_VERIFY(db.isOffline());
    const QString saved = insert(refused.app->cards, "a")->txid();
    QTRY_COMPARE(stateOf(refused.app->cards, "a"), RowState::Saved);
    refused.disk.refusal = Code::StorageFull;
    refused.disk.refusesRemovals = true;
    QVERIFY(db.discard(saved));
    QTRY_COMPARE(refused.app->errors.last(), Code::StorageFull);
    refused.disk.refusal.reset();
    QVERIFY(db.discard(insert(refused.app->cards, "b")->txid()));
    insert(refused.app->cards, "c");
    QCOMPARE(refused.kept(), QStringList{"c=C"});
}

/* As the one that failed, until the disk takes the other one. */
void tst_RefusedSaves::whatIsTriedAgainStaysOnDisk()
{
    RefusedBoard refused;
    refused.disk.refusal.reset();
    StreamDb &db = refused.app->db;
    QTRY_VERIFY(db.isUpToDate());
    refused.board.judge = takesNoWrites;
    const QString txid = insert(refused.app->cards, "a")->txid();
    QTRY_COMPARE(db.failedCount(), 1);
    QFuture<StreamError> saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    refused.disk.refusal = Code::StorageFull;
    QVERIFY(db.retry(txid));
    saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QCOMPARE(saved.result().code(), Code::StorageFull);
    refused.app.reset();
    refused.board.judge = {};

    BoardApp later(refused.board);
    later.db.preload();
    QTRY_VERIFY(later.db.isUpToDate());
    QCOMPARE(later.db.failedCount(), 1);
    QVERIFY(later.db.retry(txid));
    QTRY_COMPARE(later.db.pendingCount(), 0);
    QCOMPARE(later.rows(), QStringList{"a=A"});
    QCOMPARE(refused.board.events().size(), 1);
}

void tst_RefusedSaves::anotherTryReplacesWhatIsNotKnownToHaveFailed_data()
{
    QTest::addColumn<bool>("isAtOnce");
    QTest::addColumn<bool>("hasRoomLater");

    QTest::newRow("at once, and there is room later") << true << true;
    QTest::newRow("at once, and it stays full") << true << false;
    QTest::newRow("later, and there is room then") << false << true;
    QTest::newRow("later, and it stays full") << false << false;
}

/* The disk still takes that for one to be sent. */
void tst_RefusedSaves::anotherTryReplacesWhatIsNotKnownToHaveFailed()
{
    QFETCH(bool, isAtOnce);
    QFETCH(bool, hasRoomLater);
    RefusedBoard refused;
    refused.disk.refusesAdditions = false;
    refused.disk.refusesFailures = true;
    refused.disk.refusesRemovals = true;
    StreamDb &db = refused.app->db;
    QTRY_VERIFY(db.isUpToDate());
    refused.board.judge = takesNoWrites;
    const QString txid = insert(refused.app->cards, "a")->txid();
    const auto tryAgain = [&] {
        refused.board.judge = {};
        QVERIFY(db.retry(txid));
    };
    if (isAtOnce) // while the disk is being told
        connect(refused.app->cards, &RowModel::rowsRemoved, this, tryAgain);
    QTRY_VERIFY(!refused.app->errors.isEmpty());
    QCOMPARE(refused.app->errors, QList{Code::StorageFull});
    if (!isAtOnce)
        tryAgain();
    QTRY_COMPARE(db.pendingCount(), 0);
    if (hasRoomLater) {
        refused.disk.refusal.reset();
        const QFuture<StreamError> saved = db.save();
        QTRY_VERIFY(saved.isFinished());
        QCOMPARE(saved.result(), StreamError());
    }
    QVERIFY(!refused.app->errors.contains(Code::InvalidArgument));
    refused.app.reset();

    BoardApp later(refused.board);
    later.db.preload();
    QTRY_VERIFY(later.db.isUpToDate());
    QTRY_COMPARE(later.db.pendingCount(), 0);
    QCOMPARE(later.db.failedCount(), 0);
    QCOMPARE(later.rows(), QStringList{"a=A"});
    QCOMPARE(refused.board.events().size(), 1);
}

/* Though the disk is just about to say that it does not take that one's failure. */
void tst_RefusedSaves::aDiscardedTryTakesTheFailedOneAlong()
{
    RefusedBoard refused;
    refused.disk.refusesAdditions = false;
    refused.disk.refusesFailures = true;
    StreamDb &db = refused.app->db;
    QTRY_VERIFY(db.isUpToDate());
    refused.board.judge = takesNoWrites;
    const QString txid = insert(refused.app->cards, "a")->txid();
    const auto decide = [&] {
        refused.board.judge = {};
        refused.disk.refusesAdditions = true;
        QVERIFY(db.retry(txid));
        QVERIFY(db.discard(txid));
    };
    connect(refused.app->cards, &RowModel::rowsRemoved, this, decide, Qt::SingleShotConnection);
    QTRY_VERIFY(!refused.app->errors.isEmpty());
    const QFuture<StreamError> saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QCOMPARE(saved.result(), StreamError());
    refused.app.reset();

    BoardApp later(refused.board);
    later.db.preload();
    QTRY_VERIFY(later.db.isUpToDate());
    QCOMPARE(later.db.pendingCount() + later.db.failedCount(), 0);
    QVERIFY(later.rows().isEmpty());
    QCOMPARE(refused.board.events().size(), 0);
}

/* An app that asks all the time hears what the disk says. */
void tst_RefusedSaves::manyCallsOfSaveEnd()
{
    RefusedBoard refused;
    QTRY_VERIFY(refused.app->db.isUpToDate());
    insert(refused.app->cards, "a");
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] { refused.app->db.save(); });
    timer.start(0);
    const QFuture<StreamError> saved = refused.app->db.save();
    QTRY_VERIFY(saved.isFinished());
    QCOMPARE(saved.result().code(), Code::StorageFull);
}

/* A change to what is being refused takes its place. */
void tst_RefusedSaves::theLastWordIsKept()
{
    RefusedBoard refused;
    StoredBoard &board = refused.board;
    QVERIFY(board.append({card("a", "first")}));
    QTRY_COMPARE(refused.app->title("a"), "first");
    // Theirs, but for what they do not touch.
    refused.app->cards->setConflictPolicy(Collection::ConflictPolicy::Theirs);
    refused.disk.whenWritten = [&] {
        QVERIFY(board.append({card("a", "theirs")}));
        QTRY_COMPARE(refused.app->db.pendingCount(), 0);
    };
    refused.app->cards->update("a", QVariantMap{{"title", "mine"}});
    QVERIFY(!refused.disk.whenWritten);
    refused.disk.refusal.reset();
    const QFuture<StreamError> saved = refused.app->db.save();
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result().isOk());
    QCOMPARE(refused.app->errors, QList{Code::StorageFull});
    QCOMPARE(refused.kept(), QStringList{"a=theirs"});
}

/* While it hears that several removals were refused. */
void tst_RefusedSaves::aSlotMayDeleteTheStreamDb()
{
    RefusedBoard refused;
    refused.disk.refusal.reset();
    refused.disk.refusesRemovals = true;
    QTRY_VERIFY(refused.app->db.isUpToDate());
    int errors = 0;
    connect(&refused.app->db, &StreamDb::errorOccurred, this, [&] {
        ++errors;
        refused.app.reset();
    });
    connect(&refused.app->db, &StreamDb::committed, this, [&] { refused.disk.refusal = Code::StorageFull; });
    Transaction *transaction = refused.app->db.begin();
    transaction->insert(refused.app->cards, QVariantMap{{"id", "a"}});
    transaction->commit();
    insert(refused.app->cards, "b");
    insert(refused.app->cards, "c");
    QTRY_VERIFY(!refused.app);
    QCOMPARE(errors, 1);
}

void tst_RefusedSaves::oneThatIsLostIsTold_data()
{
    QTest::addColumn<StreamError::Code>("code");
    QTest::addColumn<bool>("isWordless");
    QTest::newRow("damaged") << Code::StorageCorrupt << false;
    QTest::newRow("without a word") << Code::Cancelled << true;
}

/* It is never sent, and no later call says that it was saved. */
void tst_RefusedSaves::oneThatIsLostIsTold()
{
    QFETCH(StreamError::Code, code);
    QFETCH(bool, isWordless);
    RefusedBoard refused;
    StreamDb &db = refused.app->db;
    QTRY_VERIFY(db.isUpToDate());
    refused.disk.refusal = code;
    refused.disk.isWordless = isWordless;
    const QString lost = insert(refused.app->cards, "a")->txid();
    QTRY_COMPARE(refused.app->errors, QList{code});
    refused.disk.refusal.reset();
    QFuture<StreamError> saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QCOMPARE(saved.result().code(), code);
    QVERIFY(db.discard(lost));
    saved = db.save();
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result().isOk());
}

void tst_RefusedSaves::saveWaitsForTheOutbox()
{
    StoredBoard board;
    QVERIFY(board.create());
    const auto store = std::make_shared<LateStore>(board.storeOptions());
    BoardApp app(board);
    app.session.setStore(store);
    app.db.preload();
    insert(app.cards, "a");
    const QFuture<StreamError> saved = app.db.save();
    const bool hasEnded = QTest::qWaitFor([&] { return saved.isFinished(); }, 300); // it never does
    const RowState state = stateOf(app.cards, "a");
    store->read();
    QVERIFY(!hasEnded);
    QCOMPARE(state, RowState::Pending);
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result().isOk());
    QVERIFY(stateOf(app.cards, "a") != RowState::Pending);
}

void tst_RefusedSaves::saveBeforeTheStart()
{
    StoredBoard board;
    BoardApp app(board);
    QVERIFY(app.db.save().result().isOk());
    insert(app.cards, "a");
    const QFuture<StreamError> saved = app.db.save();
    QTRY_VERIFY(saved.isFinished());
    QCOMPARE(saved.result().code(), Code::StorageFailed);
    QVERIFY2(saved.result().message().contains("preload()"), qPrintable(saved.result().message()));
}

QTEST_GUILESS_MAIN(tst_RefusedSaves)
#include "tst_refusedsaves.moc"
