// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Engine>

#include <QtTest>

#include <random>

using namespace DurableStreams;

namespace {

const QList<QByteArray> fields{"n", "m"};

RowVersionPointer version(QByteArrayView key, QByteArrayView json, quint64 order)
{
    return RowVersion::make(key, json, {}, order, BatchPointer(new Batch));
}

RowChange inserted(const char *key, const char *json, quint64 order)
{
    return {RowChange::Kind::Insert, version(key, json, order), {}};
}

RowChange updated(const char *key, const char *json, quint64 order, const QList<QByteArray> &changed)
{
    return {RowChange::Kind::Update, version(key, json, order), ChangedFields::of(changed, fields)};
}

RowChange removed(const char *key)
{
    return {RowChange::Kind::Remove, version(key, "0", 0), {}};
}

ChangeSet changeSet(const char *offset, std::vector<RowChange> rows, const QHash<QByteArray, int> &txids = {})
{
    ChangeSet changes;
    changes.offset = offset;
    changes.upToDate = true;
    changes.txids = txids;
    if (!rows.empty())
        changes.collections.push_back({"card", std::move(rows), 1});
    return changes;
}

Engine engineOfCards()
{
    Engine engine;
    engine.declare({"card", {}, fields, 1});
    return engine;
}

Mutation insertion(const char *key, const char *json)
{
    return {Operation::Insert, "card", key, JsonText::fromCheckedJson(json), {}};
}

Mutation patch(const char *key, const char *field, const char *json)
{
    return {Operation::Update, "card", key, {}, {{field, JsonText::fromCheckedJson(json)}}};
}

Mutation removal(const char *key)
{
    return {Operation::Delete, "card", key, {}, {}};
}

AppendAnswer accepted(const char *offset)
{
    return {{}, offset, false};
}

AppendAnswer refused()
{
    return {StreamError(StreamError::Code::BadRequest, QStringLiteral("no")), {}, false};
}

QByteArray shown(const Engine &engine, const char *key)
{
    const RowPointer row = engine.row("card", key);
    return row ? row->shown.value().toByteArray() + (row->shown.isPending() ? "?" : "") : QByteArray("none");
}

QStringList states(const Engine::Outcome &outcome)
{
    static const char *names[] = {"pending", "sent", "confirmed", "failed"};
    QStringList lines;
    for (const Engine::TransactionChange &change : outcome.transactions)
        lines.append(QString::number(change.id) + u' ' + QLatin1String(names[int(change.state)]));
    return lines;
}

size_t touchCount(const Engine::Outcome &outcome)
{
    return outcome.collections.empty() ? 0 : outcome.collections.front().rows.size();
}

} // namespace

class tst_Engine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commitSetsTheBase();
    void insertIsShownSentAndConfirmedByOffset();
    void confirmedByTxidBeforeTheAnswer();
    void txidNeedsAllEvents();
    void insertOfARowThatIsThere();
    void noFlickerWhenItsEventComes();
    void patchReappliesOnForeignChange();
    void refusalTakesItBack();
    void oneReliableAppendAtATime();
    void volatileWritesDoNotWait();
    void wholeValuesTravel();
    void updateOfARemovedRowFails();
    void failedInsertTakesLaterUpdatesAlong();
    void badWrites_data();
    void badWrites();
    void nothingChangedTouchesNothing();
    void pendingInsertsStandLast();
    void clearForgetsEverything();
    void randomInterleavings();
};

void tst_Engine::commitSetsTheBase()
{
    Engine engine = engineOfCards();
    const Engine::Outcome outcome = engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    QCOMPARE(touchCount(outcome), size_t(1));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));

    const Engine::Outcome change = engine.commit(changeSet("2", {updated("a", R"({"n":2})", 1, {"n"})}));
    const RowTouch &touch = change.collections.front().rows.front();
    QCOMPARE(touch.changedFields, ChangedFields::of({"n"}, fields));
    QCOMPARE(touch.before.value(), QByteArray(R"({"n":1})"));

    const RowPointer kept = engine.row("card", "a");
    QCOMPARE(touchCount(engine.commit(changeSet("3", {removed("a")}))), size_t(1));
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    QVERIFY(!kept->shown.isLive());
    QVERIFY(engine.table("card").isEmpty());
}

void tst_Engine::insertIsShownSentAndConfirmedByOffset()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {}));
    Engine::Outcome outcome = engine.submit(7, "t7", {insertion("a", R"({"n":1})")}, false);
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1}?)"));
    const auto outgoing = engine.takeNext(&outcome);
    QVERIFY(outgoing);
    QCOMPARE(outgoing->events,
             QByteArray(R"([{"type":"card","key":"a","value":{"n":1},"headers":{"operation":"insert","txid":"t7"}}])"));
    QCOMPARE(states(outcome), QStringList{"7 sent"});
    QCOMPARE(states(engine.answer(7, accepted("2"))), QStringList{});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1}?)"));
    QCOMPARE(states(engine.commit(changeSet("2", {inserted("a", R"({"n":1})", 1)}))), QStringList{"7 confirmed"});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));
    QCOMPARE(engine.transactionCount(), 0);
}

void tst_Engine::confirmedByTxidBeforeTheAnswer()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit(1, "t", {insertion("a", "1")}, false);
    engine.takeNext(&outcome);
    QCOMPARE(states(engine.commit(changeSet("1", {inserted("a", "1", 1)}, {{"t", 1}}))), QStringList{"1 confirmed"});
    QCOMPARE(states(engine.answer(1, accepted("1"))), QStringList{});
}

void tst_Engine::txidNeedsAllEvents()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit(1, "t", {insertion("a", "1"), insertion("b", "1")}, false);
    engine.takeNext(&outcome);
    QCOMPARE(states(engine.commit(changeSet("1", {inserted("a", "1", 1)}, {{"t", 1}}))), QStringList{});
    QCOMPARE(states(engine.commit(changeSet("2", {inserted("b", "1", 2)}, {{"t", 1}}))), QStringList{"1 confirmed"});
}

/* As when the stream is read anew. */
void tst_Engine::insertOfARowThatIsThere()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    const Engine::Outcome outcome = engine.commit(changeSet("2", {inserted("a", R"({"n":2})", 1)}));
    QCOMPARE(touchCount(outcome), size_t(1));
    QCOMPARE(outcome.collections.front().rows.front().changedFields, ChangedFields::of({"n"}, fields));
}

void tst_Engine::noFlickerWhenItsEventComes()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    Engine::Outcome outcome = engine.submit(1, "t", {patch("a", "n", "2")}, false);
    QCOMPARE(outcome.collections.front().rows.front().changedFields, ChangedFields::of({"n"}, fields));
    engine.takeNext(&outcome);
    engine.answer(1, accepted("2"));
    outcome = engine.commit(changeSet("2", {updated("a", R"({"n":2})", 1, {"n"})}, {{"t", 1}}));
    QCOMPARE(touchCount(outcome), size_t(1));
    QVERIFY(outcome.collections.front().rows.front().changedFields.isEmpty());
    QVERIFY(outcome.collections.front().rows.front().pendingChanged);
}

void tst_Engine::patchReappliesOnForeignChange()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    engine.submit(1, "t", {patch("a", "n", "2")}, false);
    engine.commit(changeSet("2", {updated("a", R"({"n":1,"m":9})", 1, {"m"})}));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":2,"m":9}?)"));
}

void tst_Engine::refusalTakesItBack()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    Engine::Outcome outcome = engine.submit(1, "t1", {patch("a", "n", "2")}, false);
    engine.submit(2, "t2", {removal("a")}, false);
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    engine.takeNext(&outcome);
    QCOMPARE(states(engine.answer(1, refused())), QStringList{"1 failed"});
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    engine.takeNext(&outcome);
    outcome = engine.answer(2, refused());
    QCOMPARE(states(outcome), QStringList{"2 failed"});
    QCOMPARE(outcome.transactions.front().error.message(), QStringLiteral("no"));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));
}

void tst_Engine::oneReliableAppendAtATime()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit(1, "t1", {insertion("a", "1")}, false);
    engine.submit(2, "t2", {insertion("b", "1")}, false);
    QCOMPARE(engine.takeNext(&outcome)->id, quint64(1));
    QVERIFY(!engine.takeNext(&outcome));
    engine.answer(1, accepted("1"));
    QCOMPARE(engine.takeNext(&outcome)->id, quint64(2));
}

void tst_Engine::volatileWritesDoNotWait()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit(1, "t1", {insertion("a", "1")}, false);
    engine.submit(2, "t2", {insertion("b", "1")}, true);
    QCOMPARE(engine.takeNext(&outcome)->id, quint64(1));
    const auto outgoing = engine.takeNext(&outcome);
    QVERIFY(outgoing && outgoing->isVolatile);
}

void tst_Engine::wholeValuesTravel()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"big":9223372036854775807})", 1)}));
    Engine::Outcome outcome;
    engine.submit(1, "t", {patch("a", "n", "2"), patch("a", "m", "3")}, false);
    QCOMPARE(
        engine.takeNext(&outcome)->events,
        QByteArray(
            R"([{"type":"card","key":"a","value":{"n":2,"big":9223372036854775807},"headers":{"operation":"update","txid":"t"}},)"
            R"({"type":"card","key":"a","value":{"n":2,"big":9223372036854775807,"m":3},"headers":{"operation":"update","txid":"t"}}])"));
}

void tst_Engine::updateOfARemovedRowFails()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    engine.submit(1, "t", {patch("a", "n", "2")}, false);
    engine.commit(changeSet("2", {removed("a")}));
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    Engine::Outcome outcome;
    QVERIFY(!engine.takeNext(&outcome));
    QCOMPARE(states(outcome), QStringList{"1 failed"});
    QCOMPARE(outcome.transactions.front().error.code(), StreamError::Code::Superseded);
    QVERIFY(outcome.transactions.front().error.message().contains(QStringLiteral("card \"a\"")));
}

void tst_Engine::failedInsertTakesLaterUpdatesAlong()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit(1, "t1", {insertion("a", R"({"n":1})")}, false);
    engine.submit(2, "t2", {patch("a", "n", "2")}, false);
    engine.takeNext(&outcome);
    engine.answer(1, refused());
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    outcome = {};
    QVERIFY(!engine.takeNext(&outcome));
    QCOMPARE(states(outcome), QStringList{"2 failed"});
}

void tst_Engine::badWrites_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("message");
    QTest::newRow("no key") << 0 << QStringLiteral("needs a key");
    QTest::newRow("insert of a known row") << 1 << QStringLiteral("card \"a\" exists already");
    QTest::newRow("update of an unknown row") << 2 << QStringLiteral("There is no card \"x\"");
    QTest::newRow("removal of an unknown row") << 3 << QStringLiteral("There is no card \"x\"");
    QTest::newRow("nothing") << 4 << QStringLiteral("holds no change");
    QTest::newRow("removal, then update") << 5 << QStringLiteral("There is no card \"a\"");
}

void tst_Engine::badWrites()
{
    QFETCH(int, kind);
    QFETCH(QString, message);
    const QList<QList<Mutation>> writes{{insertion("", "1")},
                                        {insertion("a", "1")},
                                        {patch("x", "n", "1")},
                                        {removal("x")},
                                        {},
                                        {removal("a"), patch("a", "n", "1")}};
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", "{}", 1)}));
    const Engine::Outcome outcome = engine.submit(1, "t", writes[kind], false);
    QCOMPARE(states(outcome), QStringList{"1 failed"});
    QVERIFY2(outcome.transactions.front().error.message().contains(message),
             qPrintable(outcome.transactions.front().error.message()));
    QVERIFY(outcome.collections.empty());
    QCOMPARE(engine.transactionCount(), 0);
}

void tst_Engine::nothingChangedTouchesNothing()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    QVERIFY(engine.commit(changeSet("2", {})).collections.empty());
}

void tst_Engine::pendingInsertsStandLast()
{
    Engine engine = engineOfCards();
    engine.submit(1, "t1", {insertion("mine", "1")}, false);
    engine.commit(changeSet("1", {inserted("theirs", "1", 1)}));
    QVERIFY(engine.row("card", "mine")->shown.order() > engine.row("card", "theirs")->shown.order());
    Engine::Outcome outcome;
    engine.takeNext(&outcome);
    engine.commit(changeSet("2", {inserted("mine", "1", 2)}, {{"t1", 1}}));
    engine.commit(changeSet("3", {inserted("last", "1", 3)}));
    QVERIFY(engine.row("card", "mine")->shown.order() < engine.row("card", "last")->shown.order());
}

void tst_Engine::clearForgetsEverything()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", "1", 1)}));
    engine.submit(1, "t", {insertion("b", "1")}, false);
    const Engine::Outcome outcome = engine.clear(StreamError(StreamError::Code::Cancelled, QStringLiteral("gone")));
    QCOMPARE(states(outcome), QStringList{"1 failed"});
    QCOMPARE(touchCount(outcome), size_t(2));
    QVERIFY(engine.table("card").isEmpty());
    QVERIFY(engine.offset().isEmpty());
}

// Two engines on one log, their appends and reads interleaved by a seed, some refused: both end with the log's rows.
void tst_Engine::randomInterleavings()
{
    struct Client
    {
        Engine engine;
        size_t read = 0;
        quint64 nextId = 1;
        std::optional<Engine::Outgoing> inFlight;
    };
    struct Append
    {
        std::vector<Mutation> rows; // as values
        QByteArray txid;
    };
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::mt19937 random(seed);
        std::vector<Append> log;
        QHash<QByteArray, QList<Mutation>> sent; // by txid
        Client clients[2];
        QHash<QByteArray, QByteArray> model[2]; // what each client has read

        const auto offset = [](size_t count) { return QByteArray::number(qulonglong(count)).rightJustified(6, '0'); };
        const auto read = [&](int index) {
            Client &client = clients[index];
            if (client.read == log.size())
                return;
            const Append &append = log[client.read++];
            std::vector<RowChange> rows;
            for (const Mutation &mutation : append.rows) {
                const bool known = model[index].contains(mutation.key);
                if (mutation.operation == Operation::Delete) {
                    if (known)
                        rows.push_back(removed(mutation.key.constData()));
                    model[index].remove(mutation.key);
                } else {
                    const quint64 order = client.read;
                    rows.push_back({known ? RowChange::Kind::Update : RowChange::Kind::Insert,
                                    version(mutation.key, mutation.value.view(), order), ChangedFields::all()});
                    model[index].insert(mutation.key, mutation.value.toByteArray());
                }
            }
            client.engine.commit(changeSet(offset(client.read).constData(), std::move(rows), {{append.txid, 1}}));
        };
        const auto write = [&](int index) {
            Client &client = clients[index];
            const QByteArray key(1, char('a' + random() % 3));
            const QByteArray number = QByteArray::number(int(random() % 1000));
            Mutation mutation;
            if (!client.engine.row("card", key))
                mutation = insertion(key.constData(), ("{\"n\":" + number + "}").constData());
            else if (random() % 4 == 0)
                mutation = removal(key.constData());
            else
                mutation = patch(key.constData(), random() % 2 ? "n" : "m", number.constData());
            const QByteArray txid = QByteArray::number(index) + '-' + QByteArray::number(client.nextId);
            client.engine.submit(client.nextId++, txid, {mutation}, false);
        };
        const auto send = [&](int index) {
            Client &client = clients[index];
            if (client.inFlight)
                return;
            Engine::Outcome outcome;
            client.inFlight = client.engine.takeNext(&outcome);
        };
        const auto answer = [&](int index, bool mayRefuse) {
            Client &client = clients[index];
            if (!client.inFlight)
                return;
            const Engine::Outgoing outgoing = *std::exchange(client.inFlight, std::nullopt);
            if (mayRefuse && random() % 8 == 0) {
                client.engine.answer(outgoing.id, refused());
                return;
            }
            const JsonText events = JsonText::fromCheckedJson(outgoing.events);
            const QVariantMap event = events.toVariant().toList().front().toMap();
            const QVariantMap headers = event.value("headers").toMap();
            Mutation mutation;
            mutation.key = event.value("key").toString().toUtf8();
            mutation.operation =
                headers.value("operation") == QStringLiteral("delete") ? Operation::Delete : Operation::Upsert;
            mutation.value = JsonText::fromVariant(event.value("value"));
            log.push_back({{mutation}, headers.value("txid").toString().toUtf8()});
            client.engine.answer(outgoing.id, accepted(offset(log.size()).constData()));
        };

        for (int step = 0; step < 60; ++step) {
            const int index = int(random() % 2);
            switch (random() % 4) {
            case 0:
                write(index);
                break;
            case 1:
                send(index);
                break;
            case 2:
                answer(index, true);
                break;
            default:
                read(index);
                break;
            }
        }
        for (int round = 0; round < 200; ++round) {
            for (int index = 0; index < 2; ++index) {
                send(index);
                answer(index, false);
                read(index);
            }
        }
        for (int index = 0; index < 2; ++index) {
            QCOMPARE(clients[index].engine.transactionCount(), 0);
            QCOMPARE(clients[index].engine.table("card").size(), model[index].size());
            for (auto row = model[index].cbegin(); row != model[index].cend(); ++row)
                QCOMPARE(shown(clients[index].engine, row.key().constData()), row.value());
        }
        QCOMPARE(model[0], model[1]);
    }
}

QTEST_APPLESS_MAIN(tst_Engine)
#include "tst_engine.moc"
