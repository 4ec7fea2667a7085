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
#include <random>
using namespace DurableStreams;
static QByteArray card(const QByteArray &key, const QByteArray &rest)
{
    return eventJson("card", key, "{\"id\":\"" + key + "\"," + rest + "}");
}
// Lets what was posted happen.
static void turn()
{
    for (int i = 0; i < 10; ++i)
        QCoreApplication::processEvents();
}
struct Fixture
{
    StreamDb db;
    ScriptedSource source;
    Collection *cards = db.collection(Schema("card", "id", {"id", "title", "n"}));
    Fixture()
    {
        db.setSource(&source);
        db.preload();
        QSignalSpy s(&source, &ScriptedSource::openedAt);
        if (source.opened.isEmpty())
            s.wait();
    }
    bool batch(const QByteArray &e)
    {
        QSignalSpy c(&db, &StreamDb::committed);
        source.batch(e);
        return c.wait();
    }
    ScriptedSource::Append next()
    {
        if (source.appends.isEmpty()) {
            QSignalSpy a(&source, &ScriptedSource::appended);
            a.wait();
        }
        return source.appends.takeFirst();
    }
};
// A stream whose large batch occupies the session's thread for a while.
struct BusyStream
{
    explicit BusyStream(Session *session)
        : db(session, "busy", {})
    {
        db.collection(Schema("card", "id", {"id"}));
        db.setSource(&source);
        db.preload();
    }
    void keepThreadBusy()
    {
        QByteArrayList events;
        for (int i = 0; i < 60000; ++i)
            events.append(card(QByteArray::number(i), R"("n":1)"));
        source.batch(events.join(','));
    }

    StreamDb db;
    ScriptedSource source;
};

/*! Deleting, replacing and writing at the worst moments: what somebody once broke. */
class tst_Lifetimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oldCommitAfterSourceChange()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        f.source.batch(card("ghost", R"("n":1)"));
        ScriptedSource other;
        f.db.setSource(&other);
        QTRY_COMPARE(other.opened.size(), 1);
        other.batch(card("b", R"("n":1)"));
        QTRY_VERIFY(f.cards->contains("b"));
        QCOMPARE(f.cards->keys(), QStringList{"b"});
    }

    void oldStatusAfterUrlCleared()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        f.source.batch(card("ghost", R"("n":1)"));
        f.db.setSource(nullptr);
        turn();
        QCOMPARE(f.cards->keys(), QStringList{});
        QVERIFY(!f.db.isLoaded());
    }

    void anotherSourceInASlotOfACommit()
    {
        for (const bool before : {true, false}) {
            Fixture f;
            MemorySource other;
            if (before)
                connect(&f.db, &StreamDb::aboutToCommit, this, [&] { f.db.setSource(&other); });
            else
                connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] { f.db.setSource(&other); });
            bool isLoaded = true; // right behind the commit
            connect(&f.db, &StreamDb::committed, this, [&] { isLoaded = isLoaded && f.db.isLoaded(); });
            QVERIFY(f.batch(card("a", R"("n":1)")));
            QCOMPARE(f.cards->count(), 0);
            QVERIFY(!isLoaded);
            QTRY_VERIFY(f.db.isUpToDate());
            QCOMPARE(f.cards->count(), 0);
        }
    }

    void ghostsAfterClearInSlotOfSetWhere()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)") + "," + card("b", R"("n":2)")));
        LiveQuery q(f.cards);
        connect(&q, &QAbstractItemModel::rowsRemoved, this, [&] {
            if (f.db.source())
                f.db.setSource(nullptr);
        });
        q.setWhere({{"n", 2}});
        QCOMPARE(f.cards->count(), 0);
        QCOMPARE(q.count(), 0);
    }

    void writeInSlotOfSetWhereTellsDataChanged()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1,"title":"x")") + "," + card("b", R"("n":2,"title":"x")")));
        LiveQuery q(f.cards);
        QSignalSpy changed(&q, &QAbstractItemModel::dataChanged);
        connect(&q, &QAbstractItemModel::rowsRemoved, this, [&] { f.cards->update("b", {{"title", "new"}}); });
        q.setWhere({{"n", 2}});
        QCOMPARE(q.data(q.index(0), q.roleOf("title")).toString(), "new");
        QCOMPARE(changed.size(), 1);
    }

    void dataBeforeDataChanged()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1,"title":"old")") + "," + card("b", R"("n":2,"title":"x")")));
        QString seen;
        connect(f.cards, &QAbstractItemModel::rowsInserted, this,
                [&] { seen = f.cards->data(f.cards->index(0), f.cards->roleOf("title")).toString(); });
        QVERIFY(f.batch(card("a", R"("n":1,"title":"new")") + "," + card("c", R"("n":3)")));
        QCOMPARE(seen, "old"); // doc: data() agrees with the signals emitted so far
    }

    void continuationDeletesDb()
    {
        auto *db = new StreamDb;
        ScriptedSource s;
        db->setSource(&s);
        db->collection(Schema("card", "id", {"id"}));
        QPointer<StreamDb> g = db;
        db->preload().then([db](const StreamError &) { delete db; });
        QTRY_COMPARE(s.opened.size(), 1);
        s.batch(card("a", R"("n":1)"));
        QTRY_VERIFY(!g);
    }

    void stateChangedDeletesTransaction()
    {
        Fixture f;
        auto *t = f.db.begin();
        t->insert(f.cards, QVariantMap{{"id", "x"}});
        connect(t, &Transaction::stateChanged, this, [t] { delete t; });
        t->commit();
        turn();
    }

    void slotDeletesDbInsideInsert()
    {
        auto *db = new StreamDb;
        ScriptedSource s;
        db->setSource(&s);
        db->preload();
        auto *cards = db->collection(Schema("card", "id", {"id"}));
        QTRY_COMPARE(s.opened.size(), 1);
        connect(cards, &QAbstractItemModel::rowsInserted, this, [db] { delete db; });
        QPointer<Transaction> t = cards->insert(QVariantMap{{"id", "x"}});
        QVERIFY(!t || t->state() == Transaction::State::Pending);
    }

    void deleteOtherCollectionWhileDbDies()
    {
        auto *db = new StreamDb;
        ScriptedSource s;
        db->setSource(&s);
        db->preload();
        auto *a = new Collection(Schema("card", "id", {"id"}), db);
        a->setParent(this);
        auto *b = new Collection(Schema("col", "id", {"id"}), db);
        b->setParent(nullptr);
        QTRY_COMPARE(s.opened.size(), 1);
        s.batch(eventJson("card", "x", "{}") + "," + eventJson("col", "y", "{}"));
        QTRY_COMPARE(b->count(), 1);
        connect(a, &QAbstractItemModel::modelReset, this, [b] { delete b; });
        delete db;
        delete a;
    }

    void deleteCollectionInLoadedChanged()
    {
        Fixture f;
        auto *b = f.db.collection(Schema("col", "id", {"id"}));
        QVERIFY(f.batch(card("a", R"("n":1)")));
        connect(f.cards, &Collection::loadedChanged, this, [&] {
            delete b;
            b = nullptr;
        });
        f.db.setSource(nullptr);
        QVERIFY(!b);
    }

    void sourceDeletedRightAfterPreload()
    {
        for (int i = 0; i < 100; ++i) {
            Session session;
            StreamDb db(&session, "x", {});
            auto *s = new MemorySource;
            db.setSource(s);
            db.preload();
            delete s;
        }
    }

    void dbAndSourceDeletedRightAfterPreload()
    {
        Session session;
        for (int i = 0; i < 300; ++i) {
            auto *s = new MemorySource;
            {
                StreamDb db(&session, "x", {});
                for (int c = 0; c < 20; ++c)
                    db.collection(Schema("t" + QByteArray::number(c), "id", {"id"}));
                db.setSource(s);
                db.preload();
            }
            delete s;
        }
    }

    void bigNumbersSortTotally()
    {
        Fixture f;
        LiveQuery q(f.cards);
        q.setOrderBy("n");
        const QByteArrayList vals{"9007199254740993", "9007199254740992.0", "9007199254740992"}; // order 1,2,3
        QByteArrayList ev;
        for (int i = 0; i < 30; ++i)
            ev << card("k" + QByteArray::number(i), "\"n\":" + vals[i % 3]);
        QVERIFY(f.batch(ev.join(',')));
        QCOMPARE(q.count(), 30);
        std::mt19937 rng(1);
        QStringList keys = q.keys();
        QSet<QString> left(keys.begin(), keys.end());
        while (!left.isEmpty()) {
            const QString k = left.values().at(rng() % left.size());
            left.remove(k);
            QVERIFY(f.batch(eventJson("card", k.toUtf8())));
            const QStringList now = q.keys();
            QCOMPARE(QSet<QString>(now.begin(), now.end()), left);
        }
    }

    void recreatedStreamConfirmsEarly()
    {
        Fixture f;
        for (int i = 0; i < 5; ++i)
            QVERIFY(f.batch(card("a", R"("n":1)")));
        Q_EMIT f.source.errorOccurred(StreamError(StreamError::Code::NotFound, "gone"));
        Q_EMIT f.source.statusChanged(StreamSource::Status::Failed, 0);
        QTRY_COMPARE(f.db.status(), StreamDb::Status::Failed);
        f.db.reconnect();
        QTRY_COMPARE(f.source.opened.size(), 2);
        QCOMPARE(f.source.opened.last(), "-1");
        f.cards->insert(QVariantMap{{"id", "mine"}});
        Q_EMIT f.source.positionReached({"000001", true, false}); // writes wait until all is read
        const auto a = f.next();
        QCOMPARE(f.cards->contains("mine"), true);
        Q_EMIT f.source.appendAnswered(
            a.id, {{}, "000002", false}); // new stream: 2nd append; the old one was read up to 000005
        turn();
        QVERIFY(f.cards->contains("mine")); // not read yet, so must still be overlaid
    }

    void sessionDeletedThenReconnect()
    {
        auto *session = new Session;
        StreamDb db(session, "x", {});
        ScriptedSource s;
        auto *cards = db.collection(Schema("card", "id", {"id"}));
        db.setSource(&s);
        db.preload();
        QTRY_COMPARE(s.opened.size(), 1);
        s.batch(card("a", R"("n":1)") + "," + card("b", R"("n":1)"));
        QTRY_COMPARE(cards->count(), 2);
        cards->update("a", {{"n", 2}}); // in flight, will never be answered
        delete session;
        db.reconnect();
        QTRY_COMPARE(s.opened.size(), 2);
        QCOMPARE(s.opened.last(), "-1");
        s.batch(card("a", R"("n":1)"));
        QTRY_COMPARE(cards->keys(), QStringList{"a"});
    }

    void sessionDeletedStatus()
    {
        auto *session = new Session;
        StreamDb db(session, "x", {});
        ScriptedSource s;
        auto *cards = db.collection(Schema("card", "id", {"id"}));
        db.setSource(&s);
        db.preload();
        QTRY_COMPARE(s.opened.size(), 1);
        s.batch(card("a", R"("n":1)"));
        QTRY_COMPARE(cards->count(), 1);
        delete session;
        turn();
        QVERIFY(db.status() != StreamDb::Status::Live);
        QVERIFY(!db.isUpToDate());
    }

    void rowCommitKeepsDraftWithoutDb()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1,"title":"t")")));
        LiveRow row;
        row.setCollection(f.cards);
        row.setKey("a");
        row.edit("title", "typed");
        f.cards->setStreamDb(nullptr);
        QVERIFY(!row.commit());
        QCOMPARE(row.draft().value("title").toString(), "typed");
    }

    void rowCommitOfRemovedRowKeepsDraft()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1,"title":"t")")));
        LiveRow row;
        row.setCollection(f.cards);
        row.setKey("a");
        row.edit("title", "typed");
        QVERIFY(f.batch(eventJson("card", "a")));
        row.commit();
        turn();
        QCOMPARE(row.draft().value("title").toString(), "typed");
    }

    void upToDateWhileOffline()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        f.source.batch(card("b", R"("n":1)"));
        Q_EMIT f.source.statusChanged(StreamSource::Status::Offline, 0);
        QTRY_COMPARE(f.db.status(), StreamDb::Status::Offline);
        QTRY_COMPARE(f.cards->count(), 2); // what waits for its turn shows behind the status
        QVERIFY(!f.db.isUpToDate());
    }

    void lateDeclareWhileOffline()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        Q_EMIT f.source.statusChanged(StreamSource::Status::WaitingToRetry, 1000);
        QTRY_VERIFY(!f.db.isUpToDate());
        QSignalSpy c(&f.db, &StreamDb::committed);
        f.db.collection(Schema("col", "id", {"id"}));
        QVERIFY(c.wait());
        QVERIFY(!f.db.isUpToDate());
    }

    void stickyErrorWhileLive()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        f.cards->update("a", {{"n", 2}});
        const auto a = f.next();
        Q_EMIT f.source.errorOccurred(StreamError(StreamError::Code::NetworkError, "append 503, retrying"));
        f.source.accept(a);
        QTRY_COMPARE(f.db.pendingCount(), 0);
        QCOMPARE(f.db.status(), StreamDb::Status::Live);
        QCOMPARE(f.db.errorString(), QString());
    }

    void numericPrimaryKeyOfLocalInsert()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)"))); // writes wait until all is read
        f.cards->insert(QVariantMap{{"id", 7}});
        const auto before = f.cards->text("7").toByteArray();
        f.source.accept(f.next());
        QTRY_COMPARE(f.db.pendingCount(), 0);
        QCOMPARE(before, f.cards->text("7").toByteArray());
    }

    void whereListMatchesMissing()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("labels":["x"])") + "," + card("b", R"("labels":["y"])") + ","
                        + card("c", R"("n":1)")));
        LiveQuery q(f.cards);
        q.setWhere({{"labels", QVariantList{"x"}}});
        QCOMPARE(q.keys(), QStringList{"a"});
    }

    void whereNull()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("labels":["x"])") + "," + card("b", R"("labels":null)")));
        LiveQuery q(f.cards);
        q.setWhere({{"labels", QVariant::fromValue(nullptr)}});
        QCOMPARE(q.keys(), QStringList{"b"});
    }

    void fieldNamedValue()
    {
        Fixture f;
        QTest::ignoreMessage(QtWarningMsg, "The field \"value\" gets no role: another one has that name");
        f.cards->setFields(QStringList{"id", "value"});
        auto names = f.cards->roleNames().values();
        QCOMPARE(names.count("value"), 1);
    }

    void primaryKeyAfterDeclared()
    {
        StreamDb db;
        ScriptedSource s;
        db.setSource(&s);
        db.preload();
        QTRY_COMPARE(s.opened.size(), 1);
        Collection c;
        c.setType("card");
        c.setStreamDb(&db);
        c.setPrimaryKey("id");
        s.batch(eventJson("card", "a", R"({"n":1})"));
        QTRY_COMPARE(c.count(), 1);
        QCOMPARE(c.get("a").toMap().value("id").toString(), "a");
    }

    void duplicateCollectionIsConsistent()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        Collection second;
        second.setType("card");
        second.setStreamDb(&f.db);
        QCOMPARE(second.contains("a"), second.count() == 1);
    }

    void duplicateTakesOverWhenFirstGoes()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        Collection second;
        second.setType("card");
        second.setStreamDb(&f.db);
        delete f.cards;
        QVERIFY(f.batch(card("b", R"("n":1)")));
        QCOMPARE(second.count(), second.contains("b") ? 2 : 0);
    }

    void transportAfterSourceGone()
    {
        StreamDb db;
        auto *s = new MemorySource;
        db.setSource(s);
        db.preload();
        QTRY_COMPARE(db.status(), StreamDb::Status::Live);
        db.setSource(nullptr);
        QCOMPARE(db.transport(), StreamDb::Transport::None);
        delete s;
    }

    void sourceDestroyedWhileRead()
    {
        StreamDb db;
        auto *s = new MemorySource;
        auto *cards = db.collection(Schema("card", "id", {"id"}));
        db.setSource(s);
        db.preload();
        QTRY_COMPARE(db.status(), StreamDb::Status::Live);
        delete s;
        turn();
        QVERIFY(db.status() != StreamDb::Status::Live);
        auto *t = cards->insert(QVariantMap{{"id", "x"}});
        QSignalSpy fin(t, &Transaction::finished);
        turn();
        MemorySource s2;
        db.setSource(&s2);
        Q_UNUSED(t);
    }

    void existsChangedOnceOnKeyChange()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)") + "," + card("b", R"("n":1)")));
        LiveRow row;
        row.setCollection(f.cards);
        row.setKey("a");
        QSignalSpy e(&row, &LiveRow::existsChanged);
        row.setKey("b");
        QCOMPARE(e.size(), 0);
    }

    void manyPendingOffline()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        for (int i = 0; i < 1000; ++i)
            f.cards->insert(QVariantMap{{"id", QString("m%1").arg(i)}});
        for (int i = 0; i < 100; ++i)
            f.cards->update("m1", {{"n", i}});
        QCOMPARE(f.db.pendingCount(), 1100);
        f.db.setSource(nullptr);
        QCOMPARE(f.cards->count(), 0);
    }

    void removeInModelResetDuringSetStreamDb()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        auto *c = f.cards;
        connect(c, &QAbstractItemModel::modelReset, this, [c] { delete c; });
        c->setStreamDb(nullptr);
    }

    void querySlotDeletesInFinishExecution()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)") + "," + card("b", R"("n":2)")));
        auto *q = new LiveQuery(f.cards);
        bool first = true;
        connect(q, &QAbstractItemModel::rowsRemoved, this, [&] {
            if (first) {
                first = false;
                q->setFrom(nullptr);
                q->setOrderBy("n");
            }
        });
        connect(q, &QAbstractItemModel::modelReset, this, [&] { delete q; });
        q->setWhere({{"n", 2}});
    }

    void setWhereSlotDeletesQuery()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)") + "," + card("b", R"("n":2)")));
        auto *q = new LiveQuery(f.cards);
        connect(q, &QAbstractItemModel::rowsRemoved, this, [&] { delete q; });
        q->setWhere({{"n", 2}});
    }

    void slotDeletesDbInRestart()
    {
        auto *db = new StreamDb;
        ScriptedSource s;
        db->setSource(&s);
        db->preload();
        QTRY_COMPARE(s.opened.size(), 1);
        connect(db, &StreamDb::statusChanged, db, [db] {
            if (db->status() == StreamDb::Status::Idle)
                delete db;
        });
        s.batch(card("a", R"("n":1)"));
        QTRY_VERIFY(db->isLoaded());
        db->setSource(nullptr);
    }

    void slotDeletesDbInLoadedChanged()
    {
        auto *db = new StreamDb;
        ScriptedSource s;
        db->setSource(&s);
        db->preload();
        QTRY_COMPARE(s.opened.size(), 1);
        s.batch(card("a", R"("n":1)"));
        QTRY_VERIFY(db->isLoaded());
        connect(db, &StreamDb::loadedChanged, db, [db] { delete db; });
        db->setSource(nullptr);
    }

    void slotDeletesDbInProgress()
    {
        auto *db = new StreamDb;
        ScriptedSource s;
        db->setSource(&s);
        db->preload();
        QTRY_COMPARE(s.opened.size(), 1);
        QPointer<StreamDb> g = db;
        connect(db, &StreamDb::progressChanged, db, [db] { delete db; });
        s.batch(card("a", R"("n":1)"));
        QTRY_VERIFY(!g);
    }

    void sourceGoneBeforeWorkerOpens()
    {
        Session session;
        BusyStream busy(&session);
        QTRY_COMPARE(busy.source.opened.size(), 1);
        busy.keepThreadBusy();
        auto *s = new MemorySource;
        {
            StreamDb db(&session, "x", {});
            db.setSource(s);
            db.preload();
        }
        delete s;
        QTRY_VERIFY_WITH_TIMEOUT(busy.db.isLoaded(), 20000);
    }

    void sourceGoneBeforeWorkerOpensDbStays()
    {
        Session session;
        BusyStream busy(&session);
        QTRY_COMPARE(busy.source.opened.size(), 1);
        busy.keepThreadBusy();
        auto *s = new MemorySource;
        StreamDb db(&session, "x", {});
        db.setSource(s);
        db.preload();
        delete s;
        QTRY_VERIFY_WITH_TIMEOUT(busy.db.isLoaded(), 20000);
    }

    void preloadWithoutUrlThenNestedLoop()
    {
        // a commit that comes while a slot of the running one spins an event loop
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        QStringList log;
        bool nested = false;
        connect(&f.db, &StreamDb::aboutToCommit, this, [&] { log << "about"; });
        connect(&f.db, &StreamDb::committed, this, [&] { log << "committed"; });
        connect(f.cards, &QAbstractItemModel::rowsInserted, this, [&] {
            log << "ins";
            if (!nested) {
                nested = true;
                f.source.batch(card("c", R"("n":1)"));
                QTest::qWait(50);
            }
        });
        f.source.batch(card("b", R"("n":1)"));
        QTRY_COMPARE(f.cards->count(), 3);
        turn();
        QCOMPARE(log.join(' '), "about ins committed about ins committed");
    }

    void framingErrorWhileAppendInFlight()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)")));
        auto *t = f.cards->insert(QVariantMap{{"id", "mine"}});
        QPointer<Transaction> g = t;
        const auto a = f.next();
        Q_EMIT f.source.bytesReceived("}{");
        QTRY_COMPARE(f.db.status(), StreamDb::Status::Failed);
        Q_EMIT f.source.statusChanged(StreamSource::Status::Idle, 0);
        QCOMPARE(f.db.status(), StreamDb::Status::Failed);
        f.db.setSource(nullptr);
        QCOMPARE(f.db.status(), StreamDb::Status::Idle);
    }

    void typesSwapped()
    {
        // two collections swap types while the stream reads
        Fixture f;
        f.source.replays = true;
        QVERIFY(f.batch(card("a", R"("n":1)") + "," + eventJson("col", "c", "{}")));
        Collection *cols = f.db.collection(Schema("col", "id", {"id"}));
        QTRY_COMPARE(cols->count(), 1);
        f.cards->setType("tmp");
        cols->setType("card");
        f.cards->setType("col");
        QTRY_COMPARE(f.cards->keys(), QStringList{"c"});
        QCOMPARE(cols->keys(), QStringList{"a"});
    }

    void pendingUpsertOverRemoteDelete()
    {
        Fixture f;
        QVERIFY(f.batch(card("a", R"("n":1)") + "," + card("b", R"("n":1)")));
        f.cards->upsert(QVariantMap{{"id", "a"}, {"n", 5}});
        const auto a = f.next();
        QVERIFY(f.batch(eventJson("card", "a")));
        QCOMPARE(f.cards->keys(), QStringList({"b", "a"})); // pending inserts last
        f.source.accept(a);
        QTRY_COMPARE(f.db.pendingCount(), 0);
        QCOMPARE(f.cards->keys(), QStringList({"b", "a"}));
    }

    void modelTesterRandomQuery()
    {
        Fixture f;
        LiveQuery q(f.cards);
        QAbstractItemModelTester t1(&q), t2(f.cards);
        std::mt19937 rng(7);
        q.setOrderBy(QStringList{"n", "-title"});
        q.setWhere({{"n", QVariantMap{{"lt", 60}}}});
        for (int i = 0; i < 300; ++i) {
            QByteArrayList ev;
            for (int k = 0; k < int(rng() % 8) + 1; ++k) {
                const QByteArray key = "k" + QByteArray::number(rng() % 40);
                ev << (rng() % 4 == 0 ? eventJson("card", key)
                                      : card(key,
                                             "\"n\":" + QByteArray::number(rng() % 80) + ",\"title\":\""
                                                 + char('a' + rng() % 26) + "\""));
            }
            if (rng() % 17 == 0)
                ev.insert(rng() % ev.size(), R"({"headers":{"control":"reset"}})");
            if (rng() % 13 == 0) {
                ev.prepend(R"({"headers":{"control":"snapshot-start"}})");
                ev << R"({"headers":{"control":"snapshot-end"}})";
            }
            QVERIFY(f.batch(ev.join(',')));
            LiveQuery fresh(f.cards);
            fresh.setOrderBy(q.orderBy());
            fresh.setWhere(q.where());
            QCOMPARE(q.keys(), fresh.keys());
        }
    }
};
QTEST_GUILESS_MAIN(tst_Lifetimes)
#include "tst_lifetimes.moc"
