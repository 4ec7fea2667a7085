// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/CommitBuilder>
#include <DurableStreams/Engine>

#include <QtTest>

using namespace DurableStreams;

namespace {

const QList<QByteArray> fields{"n", "m"};

RowVersionPointer version(QByteArrayView key, QByteArrayView json, quint64 order)
{
    return RowVersion::make(key, json, {}, order, BatchPointer(new Batch));
}

RowChange inserted(QByteArrayView key, const char *json, quint64 order)
{
    return {RowChange::Kind::Insert, version(key, json, order), {}};
}

RowChange updated(const char *key, const char *json, quint64 order, const QList<QByteArray> &changed)
{
    return {RowChange::Kind::Update, version(key, json, order), ChangedFields::of(changed, fields)};
}

RowChange removed(QByteArrayView key)
{
    return {RowChange::Kind::Remove, version(key, "0", 0), {}};
}

ChangeSet changeSet(const char *offset, std::vector<RowChange> rows, const QList<TxIdEvents> &txids = {})
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

Mutation insertion(const QByteArray &key, const char *json)
{
    return {Operation::Insert, "card", key, JsonText::fromCheckedJson(json), {}};
}

Mutation patch(const QByteArray &key, const char *field, const char *json)
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
    static const char *names[] = {"confirmed", "pending", "saved", "sent", "unconfirmed", "failed", "discarded"};
    QStringList lines;
    for (const TransactionChange &change : outcome.transactions)
        lines.append(QString::fromLatin1(change.txid) + u' ' + QLatin1String(names[int(change.state)]));
    return lines;
}

QList<Engine::Outgoing> takeDue(Engine &engine, Engine::Outcome *outcome,
                                Engine::Reach reach = Engine::Reach::Everything)
{
    *outcome = engine.setReach(reach);
    static_cast<void>(engine.setReach(Engine::Reach::Nothing));
    return outcome->outgoing;
}

QByteArrayList txids(const QList<Engine::Outgoing> &due)
{
    QByteArrayList txids;
    for (const Engine::Outgoing &outgoing : due)
        txids.append(outgoing.txid);
    return txids;
}

QStringList outboxChanges(const Engine::Outcome &outcome)
{
    static const char *names[] = {"add", "replace", "fail", "remove"};
    QStringList lines;
    for (const OutboxChange &change : outcome.outbox)
        lines.append(QLatin1String(names[int(change.kind)]) + u' ' + QString::number(change.transaction.sequence));
    return lines;
}

OutboxTransaction kept(quint64 sequence, const char *txid, const QList<Mutation> &mutations)
{
    OutboxTransaction transaction;
    transaction.sequence = sequence;
    transaction.txid = txid;
    transaction.mutations = mutations;
    return transaction;
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
    void whatWasNotComparedIsCompared();
    void whatTheCommitDoesNotLeaveIsNotConfirmedAhead();
    void whatWaitsOnDiskMayBeMuch();
    void whatIsHeldIsNoBacklog();
    void noFlickerWhenItsEventComes();
    void patchReappliesOnForeignChange();
    void refusalTakesItBack();
    void whatSharesARowGoesOneAfterAnother();
    void noWriteOvertakesAnother();
    void lateRefusalsDoNotHoldAgain();
    void writesGoOnBeforeAllAreAnswered();
    void manyWritesAreFormedInSeveralTurns();
    void manyUpdatesOfRemovedRowsFail();
    void volatileWritesDoNotWait();
    void nothingUnsavedIsSent();
    void restoresInSteps();
    void restoredOnesShowWithTheRows();
    void restoresWhatWasUnderWay();
    void writesGoOnBehindWhatWasUnderWay();
    void numbersUnderWayAreNotGivenAgain();
    void confirmedOnesStayOnDiskUntilTheirRowsAreThere();
    void aRefusedWriterHoldsAll();
    void whatNeverLeftGoesAgain();
    void aFailedOneIsKept();
    void anotherTryTakesThePlaceOfTheFailedOne();
    void whatIsOnItsWayIsNotDiscarded();
    void unconfirmedForTooLong();
    void anotherStreamConfirmsWhatTheOneBeforeHad();
    void actionsGoToTheirSender();
    void conflictsAheadOfSending_data();
    void conflictsAheadOfSending();
    void ownChangesAreNoConflict();
    void whatAConflictTookOutIsNotCompared();
    void whatAConflictChangedIsSavedAgainFirst();
    void conflictsOnTheWay_data();
    void conflictsOnTheWay();
    void aRepairLeavesNewerEditsAlone();
    void volatileOnesAreMerged();
    void wholeValuesTravel();
    void updateOfARemovedRowFails();
    void failedInsertTakesLaterUpdatesAlong();
    void badWrites_data();
    void badWrites();
    void nothingChangedTouchesNothing();
    void pendingInsertsStandLast();
    void clearForgetsEverything();
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
    Engine::Outcome outcome = engine.submit({"t7", {insertion("a", R"({"n":1})")}});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1}?)"));
    const QList<Engine::Outgoing> due = takeDue(engine, &outcome);
    QCOMPARE(due.size(), 1);
    QCOMPARE(due.first().events,
             QByteArray(R"([{"type":"card","key":"a","value":{"n":1},"headers":{"operation":"insert","txid":"t7"}}])"));
    QCOMPARE(states(outcome), QStringList{"t7 sent"});
    QCOMPARE(states(engine.answer({{1, accepted("2")}})), QStringList{});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1}?)"));
    QCOMPARE(states(engine.commit(changeSet("2", {inserted("a", R"({"n":1})", 1)}))), QStringList{"t7 confirmed"});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));
    QCOMPARE(engine.transactionCount(), 0);
}

void tst_Engine::confirmedByTxidBeforeTheAnswer()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit({"t", {insertion("a", "1")}});
    takeDue(engine, &outcome);
    QCOMPARE(states(engine.commit(changeSet("1", {inserted("a", "1", 1)}, {{"t", 1}}))), QStringList{"t confirmed"});
    QCOMPARE(states(engine.answer({{1, accepted("1")}})), QStringList{});
}

void tst_Engine::txidNeedsAllEvents()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit({"t", {insertion("a", "1"), insertion("b", "1")}});
    takeDue(engine, &outcome);
    QCOMPARE(states(engine.commit(changeSet("1", {inserted("a", "1", 1)}, {{"t", 1}}))), QStringList{});
    QCOMPARE(states(engine.commit(changeSet("2", {inserted("b", "1", 2)}, {{"t", 1}}))), QStringList{"t confirmed"});
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

/* As where a watched transaction set it, and nothing lies over it any more. */
void tst_Engine::whatWasNotComparedIsCompared()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    RowChange change = updated("a", R"({"n":2})", 1, {});
    change.changedFields.reset();
    const Engine::Outcome outcome = engine.commit(changeSet("2", {change}));
    QCOMPARE(outcome.collections.front().rows.front().changedFields, ChangedFields::of({"n"}, fields));
}

/* The worker tells nothing of a row that a foreign event set back behind ours. */
void tst_Engine::whatTheCommitDoesNotLeaveIsNotConfirmedAhead()
{
    CommitBuilder builder;
    builder.declare({"card", {}, fields, 1});
    Engine engine = engineOfCards();
    const auto event = [](const char *key, const char *value, const QByteArray &txid) {
        return R"({"type":"card","key":")" + QByteArray(key) + R"(","value":)" + value
            + R"(,"headers":{"operation":"upsert","txid":")" + txid + R"("}})";
    };
    builder.feed('[' + event("a", R"({"n":1})", "0") + ',' + event("b", R"({"n":1})", "0") + ']');
    engine.commit(*builder.commit("1", true, false));
    Engine::Outcome outcome = engine.submit({"t1", {patch("a", "n", "2")}});
    outcome.outgoing += engine.submit({"t2", {patch("b", "n", "2")}}).outgoing;
    takeDue(engine, &outcome);
    builder.watch("t1");
    builder.watch("t2");
    builder.feed('[' + event("a", R"({"n":2})", "t1") + ',' + event("b", R"({"n":2})", "t2") + ','
                 + event("a", R"({"n":1})", "theirs") + ']');
    const ChangeSet changes = *builder.commit("2", true, false);
    Engine::Preparation preparation;
    QStringList confirmed;
    for (bool hasMore = true; hasMore;)
        confirmed += states(engine.confirmSome(changes, &preparation, 1, &hasMore));
    QCOMPARE(confirmed, QStringList{"t2 confirmed"});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":2}?)"));
    outcome = engine.commit(changes, preparation);
    QCOMPARE(states(outcome), QStringList{"t1 confirmed"});
    QCOMPARE(touchCount(outcome), size_t(1));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));
    QCOMPARE(shown(engine, "b"), QByteArray(R"({"n":2})"));
}

void tst_Engine::whatWaitsOnDiskMayBeMuch()
{
    Engine engine = engineOfCards();
    QVERIFY(!engine.checkBacklog());
    engine.awaitOutbox();
    QVERIFY(engine.checkBacklog());
    engine.restore({});
    QVERIFY(!engine.checkBacklog());
}

void tst_Engine::whatIsHeldIsNoBacklog()
{
    Engine engine = engineOfCards();
    for (int i = 0; i < 500; ++i) {
        const QByteArray key = QByteArray::number(i);
        engine.submit({"t" + key, {insertion(key, "1")}});
    }
    QVERIFY(engine.checkBacklog());
    const Engine::Outcome outcome = engine.setReach(Engine::Reach::Everything);
    QVERIFY(!outcome.outgoing.isEmpty());
    AppendAnswer refusal{StreamError(StreamError::Code::Unauthorized, QStringLiteral("who are you?"))};
    engine.answer({{outcome.outgoing.first().sequence, refusal}});
    QVERIFY(!engine.checkBacklog());
    QVERIFY(engine.release().outgoing.isEmpty()); // others are under way
    QVERIFY(engine.checkBacklog());
}

void tst_Engine::noFlickerWhenItsEventComes()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    Engine::Outcome outcome = engine.submit({"t", {patch("a", "n", "2")}});
    QCOMPARE(outcome.collections.front().rows.front().changedFields, ChangedFields::of({"n"}, fields));
    takeDue(engine, &outcome);
    engine.answer({{1, accepted("2")}});
    outcome = engine.commit(changeSet("2", {updated("a", R"({"n":2})", 1, {"n"})}, {{"t", 1}}));
    QCOMPARE(touchCount(outcome), size_t(1));
    QVERIFY(outcome.collections.front().rows.front().changedFields.isEmpty());
    QVERIFY(outcome.collections.front().rows.front().stateChanged);
}

void tst_Engine::patchReappliesOnForeignChange()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    engine.submit({"t", {patch("a", "n", "2")}});
    engine.commit(changeSet("2", {updated("a", R"({"n":1,"m":9})", 1, {"m"})}));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":2,"m":9}?)"));
}

void tst_Engine::refusalTakesItBack()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    Engine::Outcome outcome = engine.submit({"t1", {patch("a", "n", "2")}});
    engine.submit({"t2", {removal("a")}});
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    takeDue(engine, &outcome);
    QCOMPARE(states(engine.answer({{1, refused()}})), QStringList{"t1 failed"});
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    takeDue(engine, &outcome);
    outcome = engine.answer({{2, refused()}});
    QCOMPARE(states(outcome), QStringList{"t2 failed"});
    QCOMPARE(outcome.transactions.front().error.message(), QStringLiteral("no"));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));
}

void tst_Engine::whatSharesARowGoesOneAfterAnother()
{
    Engine engine = engineOfCards();
    engine.submit({"t1", {insertion("a", R"({"n":1})")}});
    engine.submit({"t2", {insertion("b", "1")}});
    engine.submit({"t3", {patch("a", "n", "2")}});
    engine.submit({"t4", {insertion("c", "1")}});
    QCOMPARE(txids(engine.setReach(Engine::Reach::Everything).outgoing), (QByteArrayList{"t1", "t2"}));
    QVERIFY(engine.answer({{2, accepted("2")}}).outgoing.isEmpty());
    QCOMPARE(txids(engine.answer({{1, accepted("1")}}).outgoing), (QByteArrayList{"t3", "t4"}));
}

void tst_Engine::noWriteOvertakesAnother()
{
    AppendAnswer neverLeft{StreamError(StreamError::Code::Cancelled, QStringLiteral("given up"))};
    neverLeft.neverLeft = true;
    Engine engine = engineOfCards();
    for (const char *key : {"a", "b", "c"})
        engine.submit({QByteArray("t-") + key, {insertion(key, "1")}});
    QCOMPARE(engine.setReach(Engine::Reach::Everything).outgoing.size(), 3);
    engine.answer({{1, accepted("1")}});
    // What came back goes when all that went behind it have an answer too.
    QVERIFY(engine.answer({{2, neverLeft}}).outgoing.isEmpty());
    QVERIFY(engine.submit({"t-d", {insertion("d", "1")}}).outgoing.isEmpty());
    QCOMPARE(txids(engine.answer({{3, neverLeft}}).outgoing), (QByteArrayList{"t-b", "t-c", "t-d"}));
}

void tst_Engine::lateRefusalsDoNotHoldAgain()
{
    AppendAnswer unauthorized{StreamError(StreamError::Code::Unauthorized, QStringLiteral("no"))};
    Engine engine = engineOfCards();
    engine.submit({"t-a", {insertion("a", "1")}});
    engine.submit({"t-b", {insertion("b", "1")}});
    QCOMPARE(engine.setReach(Engine::Reach::Everything).outgoing.size(), 2);
    engine.answer({{1, unauthorized}});
    QCOMPARE(engine.heldBy().code(), StreamError::Code::Unauthorized);
    QVERIFY(engine.release().outgoing.isEmpty());
    // It left with the credentials of the time before.
    QCOMPARE(txids(engine.answer({{2, unauthorized}}).outgoing), (QByteArrayList{"t-a", "t-b"}));
    QVERIFY(engine.heldBy().isOk());
    engine.answer({{1, unauthorized}});
    QCOMPARE(engine.heldBy().code(), StreamError::Code::Unauthorized);
}

void tst_Engine::writesGoOnBeforeAllAreAnswered()
{
    Engine engine(500'000);
    engine.declare({"card", {}, fields, 1});
    const QByteArray large = '"' + QByteArray(100'000, 'x') + '"';
    for (int i = 1; i <= 20; ++i)
        engine.submit({QByteArray::number(i), {insertion(QByteArray::number(i), large)}});
    QCOMPARE(engine.setReach(Engine::Reach::Everything).outgoing.size(), 5);
    QVERIFY(engine.answer({{1, accepted("1")}}).outgoing.isEmpty());
    QVERIFY(engine.answer({{2, accepted("2")}}).outgoing.isEmpty());
    QCOMPARE(txids(engine.answer({{3, accepted("3")}}).outgoing), (QByteArrayList{"6", "7", "8"}));
}

void tst_Engine::manyWritesAreFormedInSeveralTurns()
{
    Engine engine = engineOfCards();
    for (int i = 1; i <= 1000; ++i)
        engine.submit({QByteArray::number(i), {insertion(QByteArray::number(i), "1")}});
    Engine::Outcome outcome = engine.setReach(Engine::Reach::Everything);
    QByteArrayList sent = txids(outcome.outgoing);
    QVERIFY(sent.size() < 1000);
    while (outcome.hasMoreToSend) {
        outcome = engine.sendMore();
        sent += txids(outcome.outgoing);
    }
    QCOMPARE(sent.size(), 1000);
    QCOMPARE(sent.last(), "1000");
}

void tst_Engine::manyUpdatesOfRemovedRowsFail()
{
    constexpr int Count = 30'000;
    Engine engine = engineOfCards();
    std::vector<RowChange> there;
    std::vector<RowChange> gone;
    for (int i = 1; i <= Count; ++i) {
        const QByteArray key = QByteArray::number(i);
        there.push_back(inserted(key, R"({"n":1})", quint64(i)));
        gone.push_back(removed(key));
    }
    engine.commit(changeSet("1", std::move(there)));
    for (int i = 1; i <= Count; ++i)
        engine.submit({QByteArray::number(i), {patch(QByteArray::number(i), "n", "2")}});
    engine.commit(changeSet("2", std::move(gone)));
    Engine::Outcome outcome = engine.setReach(Engine::Reach::Everything);
    QVERIFY(engine.failedCount() < 1000); // the others have a turn of their own
    while (outcome.hasMoreToSend)
        outcome = engine.sendMore();
    QCOMPARE(engine.failedCount(), Count);
}

void tst_Engine::volatileWritesDoNotWait()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit({"t1", {insertion("a", "1")}});
    QCOMPARE(takeDue(engine, &outcome).size(), 1);
    engine.submit({"t2", {insertion("b", "1")}, true});
    const QList<Engine::Outgoing> due = takeDue(engine, &outcome, Engine::Reach::Others);
    QCOMPARE(txids(due), QByteArrayList{"t2"});
    QVERIFY(due.first().isVolatile);
}

void tst_Engine::nothingUnsavedIsSent()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.awaitOutbox();
    engine.submit({"t1", {insertion("a", "1")}});
    QCOMPARE(shown(engine, "a"), QByteArray("1?"));
    QVERIFY(takeDue(engine, &outcome).isEmpty());

    OutboxContent content;
    content.transactions = {kept(5, "t0", {insertion("z", "1")})};
    outcome = engine.restore(content);
    QCOMPARE(outboxChanges(outcome), QStringList{"add 6"});
    QCOMPARE(shown(engine, "z"), QByteArray("1?"));
    QCOMPARE(engine.row("card", "z")->shown.state(), Engine::State::Saved);
    QCOMPARE(engine.row("card", "a")->shown.state(), Engine::State::Pending);
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t0"});
    engine.answer({{5, accepted("1")}});
    QVERIFY(takeDue(engine, &outcome).isEmpty());
    QCOMPARE(states(engine.saved(6)), QStringList{"t1 saved"});
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t1"});
}

/* What is written meanwhile goes out behind them, and nothing goes before all are there. */
void tst_Engine::restoresInSteps()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.awaitOutbox();
    engine.submit({"early", {insertion("a", "1")}});
    OutboxContent content;
    content.transactions = {kept(3, "t3", {insertion("x", "1")}), kept(5, "t5", {insertion("y", "1")})};
    outcome = engine.restore(content, Engine::Showing::AtOnce, 1);
    QVERIFY(engine.isRestoring());
    QCOMPARE(outboxChanges(outcome), QStringList{"add 6"});
    QCOMPARE(shown(engine, "x"), QByteArray("1?"));
    QVERIFY(!engine.row("card", "y"));
    QCOMPARE(outboxChanges(engine.submit({"late", {insertion("b", "1")}})), QStringList{"add 7"});
    engine.saved(6);
    engine.saved(7);
    Engine::Outcome discarded;
    QVERIFY(engine.discard("late", &discarded).isOk());
    QCOMPARE(outboxChanges(discarded), QStringList{"remove 7"});
    QVERIFY(takeDue(engine, &outcome).isEmpty());
    engine.restoreMore(1);
    QVERIFY(!engine.isRestoring());
    QCOMPARE(shown(engine, "y"), QByteArray("1?"));
    QCOMPARE(txids(takeDue(engine, &outcome)), (QByteArrayList{"t3", "t5", "early"}));
}

void tst_Engine::restoredOnesShowWithTheRows()
{
    for (const bool haveRows : {true, false}) {
        Engine engine = engineOfCards();
        engine.awaitOutbox();
        OutboxContent content;
        content.transactions = {kept(1, "t1", {insertion("a", "1")}), kept(2, "t2", {patch("b", "n", "7")}),
                                kept(3, "t3", {patch("c", "n", "7")})};
        content.transactions[2].state = OutboxTransaction::State::Failed;
        QVERIFY(engine.restore(content, Engine::Showing::WithRows, 2).collections.empty());
        QVERIFY(engine.restoreMore(2).collections.empty());
        QVERIFY(!engine.row("card", "a"));
        QCOMPARE(engine.transactionCount(), 2);
        if (haveRows) {
            const Engine::Outcome outcome =
                engine.commit(changeSet("5", {inserted("b", R"({"n":1})", 1), inserted("c", R"({"n":1})", 2)}));
            QCOMPARE(outcome.collections.size(), 1U);
            QCOMPARE(outcome.collections.front().rows.size(), 3U);
            QCOMPARE(shown(engine, "b"), QByteArray(R"({"n":7}?)"));
            QCOMPARE(engine.row("card", "c")->shown.state(), Engine::State::Failed);
        } else {
            QCOMPARE(engine.showRestored().collections.front().rows.size(), 1U);
        }
        QCOMPARE(shown(engine, "a"), QByteArray("1?"));
        QVERIFY(engine.showRestored().collections.empty());
    }
}

void tst_Engine::restoresWhatWasUnderWay()
{
    Engine engine = engineOfCards();
    engine.awaitOutbox();
    OutboxContent content;
    content.transactions = {kept(1, "failed", {patch("a", "n", "7")}), kept(2, "answered", {insertion("b", "1")}),
                            kept(3, "frozen", {insertion("c", "1")}), kept(4, "unknown", {insertion("d", "1")})};
    content.transactions[0].state = OutboxTransaction::State::Failed;
    content.transactions[1].state = OutboxTransaction::State::Answered;
    content.transactions[1].nextOffset = "5";
    content.transactions[3].state = OutboxTransaction::State::Answered;
    content.producer.batches = {{0, 0, {}, {}, {{3, 1}}, false}};
    engine.restore(content);
    QCOMPARE(engine.transactionCount(), 3);
    QCOMPARE(engine.failedCount(), 1);
    Engine::Outcome outcome;
    QVERIFY(takeDue(engine, &outcome).isEmpty());

    outcome = engine.commit(changeSet("5", {inserted("a", R"({"n":1})", 1), inserted("b", "1", 2)}));
    QCOMPARE(states(outcome), (QStringList{"answered confirmed", "unknown confirmed"}));
    QCOMPARE(outboxChanges(outcome), (QStringList{"remove 2", "remove 4"}));
    QCOMPARE(engine.row("card", "a")->shown.state(), Engine::State::Failed);
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":1})"));
    QCOMPARE(shown(engine, "b"), QByteArray("1"));
    engine.answer({{3, accepted("6")}});
    QCOMPARE(states(engine.commit(changeSet("6", {inserted("c", "1", 3)}))), QStringList{"frozen confirmed"});
}

void tst_Engine::writesGoOnBehindWhatWasUnderWay()
{
    for (const bool sharesRow : {false, true}) {
        Engine engine = engineOfCards();
        engine.awaitOutbox();
        QVERIFY(engine.setReach(Engine::Reach::Everything).outgoing.isEmpty());
        engine.submit({"mine", {insertion(sharesRow ? "a" : "b", "1")}});
        OutboxContent content;
        content.transactions = {kept(1, "frozen", {insertion("a", "1")})};
        content.producer.batches = {{0, 0, {}, {}, {{1, 1}}, false}};
        QCOMPARE(outboxChanges(engine.restore(content)), QStringList{"add 2"});
        const QByteArrayList saved = txids(engine.saved(2).outgoing);
        const QByteArrayList answered = txids(engine.answer({{1, accepted("5")}}).outgoing);
        QCOMPARE(saved, sharesRow ? QByteArrayList() : QByteArrayList{"mine"});
        QCOMPARE(answered, sharesRow ? QByteArrayList{"mine"} : QByteArrayList());
    }
}

void tst_Engine::numbersUnderWayAreNotGivenAgain()
{
    Engine engine = engineOfCards();
    engine.awaitOutbox();
    OutboxContent content; // its transaction was confirmed by its events, and is gone
    content.producer.batches = {{0, 0, {}, {}, {{7, 1}}, false}};
    engine.restore(content);
    QCOMPARE(outboxChanges(engine.submit({"t", {insertion("a", "1")}})), QStringList{"add 8"});
    QVERIFY(engine.answer({{7, accepted("5")}}).transactions.empty());
    QVERIFY(!engine.awaitsConfirmation(8));
}

void tst_Engine::confirmedOnesStayOnDiskUntilTheirRowsAreThere()
{
    Engine engine = engineOfCards();
    engine.restore({});
    engine.setCheckpointed(true);
    Engine::Outcome outcome = engine.submit({"t", {insertion("a", "1")}});
    engine.saved(1);
    takeDue(engine, &outcome);
    engine.answer({{1, accepted("3")}});
    outcome = engine.commit(changeSet("4", {inserted("a", "1", 1)}));
    QCOMPARE(states(outcome), QStringList{"t confirmed"});
    QCOMPARE(outboxChanges(outcome), QStringList{});
    QCOMPARE(outboxChanges(engine.checkpointWritten("3")), QStringList{});
    QCOMPARE(outboxChanges(engine.checkpointWritten("4")), QStringList{"remove 1"});
    QCOMPARE(outboxChanges(engine.checkpointWritten("5")), QStringList{});
}

void tst_Engine::aRefusedWriterHoldsAll()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit({"t1", {insertion("a", "1")}});
    engine.submit({"t2", {insertion("b", "1")}});
    takeDue(engine, &outcome);
    const AppendAnswer unauthorized{StreamError(StreamError::Code::Unauthorized, QStringLiteral("who?")), {}, false};
    QCOMPARE(states(engine.answer({{1, unauthorized}})), QStringList{"t1 pending"});
    engine.answer({{2, unauthorized}});
    QCOMPARE(engine.heldBy().code(), StreamError::Code::Unauthorized);
    QVERIFY(takeDue(engine, &outcome).isEmpty());
    QCOMPARE(shown(engine, "a"), QByteArray("1?"));
    static_cast<void>(engine.release());
    QVERIFY(engine.heldBy().isOk());
    QCOMPARE(txids(takeDue(engine, &outcome)), (QByteArrayList{"t1", "t2"}));
}

void tst_Engine::whatNeverLeftGoesAgain()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit({"t1", {insertion("a", "1")}});
    engine.submit({"t2", {insertion("b", "1")}});
    takeDue(engine, &outcome);
    AppendAnswer givenUp{StreamError(StreamError::Code::Cancelled, QStringLiteral("closed")), {}, false};
    QCOMPARE(states(engine.answer({{1, givenUp}})), QStringList{"t1 failed"}); // nobody knows
    givenUp.neverLeft = true;
    QCOMPARE(states(engine.answer({{2, givenUp}})), QStringList{"t2 pending"});
    QVERIFY(engine.heldBy().isOk());
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t2"});
}

void tst_Engine::aFailedOneIsKept()
{
    Engine engine = engineOfCards();
    engine.restore({});
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    Engine::Outcome outcome = engine.submit({"t", {patch("a", "n", "2")}});
    engine.saved(1);
    takeDue(engine, &outcome);
    outcome = engine.answer({{1, refused()}});
    QCOMPARE(outboxChanges(outcome), QStringList{"fail 1"});
    QCOMPARE(engine.row("card", "a")->shown.state(), Engine::State::Failed);
    QCOMPARE(engine.failedCount(), 1);

    outcome = {};
    QVERIFY(engine.retry("t", {}, &outcome).isOk());
    QCOMPARE(outboxChanges(outcome), QStringList{"add 2"});
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":2}?)"));
    QCOMPARE(outboxChanges(engine.saved(2)), QStringList{});
    takeDue(engine, &outcome);
    engine.answer({{2, refused()}});

    outcome = {};
    QVERIFY(engine.discard("t", &outcome).isOk());
    QCOMPARE(states(outcome), QStringList{"t discarded"});
    QCOMPARE(outboxChanges(outcome), QStringList{"remove 2"});
    QCOMPARE(engine.row("card", "a")->shown.state(), Engine::State::Confirmed);
    QVERIFY(!engine.discard("t", &outcome).isOk());
}

/* The disk has the one that failed until it has the other one. */
void tst_Engine::anotherTryTakesThePlaceOfTheFailedOne()
{
    Engine engine = engineOfCards();
    OutboxContent content;
    content.transactions = {kept(1, "t1", {insertion("a", "1")}), kept(2, "t2", {insertion("b", "1")})};
    content.transactions[0].state = OutboxTransaction::State::Failed;
    content.transactions[1].state = OutboxTransaction::State::Failed;
    engine.restore(content);
    Engine::Outcome outcome;
    QVERIFY(engine.retry("t1", {}, &outcome).isOk());
    QCOMPARE(outboxChanges(outcome), QStringList{"add 3"});
    QCOMPARE(outcome.outbox.front().transaction.inPlaceOf, 1U);
    QCOMPARE(outboxChanges(engine.saved(3)), QStringList{});
    outcome = {};
    QVERIFY(engine.discard("t1", &outcome).isOk());
    QCOMPARE(outboxChanges(outcome), QStringList{"remove 3"});

    // Discarded ahead of that.
    outcome = {};
    QVERIFY(engine.retry("t2", {}, &outcome).isOk());
    QVERIFY(engine.discard("t2", &outcome).isOk());
    QCOMPARE(outboxChanges(outcome), (QStringList{"add 4", "remove 2", "remove 4"}));
}

void tst_Engine::whatIsOnItsWayIsNotDiscarded()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit({"t1", {insertion("a", "1")}});
    takeDue(engine, &outcome);
    QCOMPARE(engine.discard("t1", &outcome).code(), StreamError::Code::InvalidArgument);
    engine.submit({"t2", {insertion("b", "1")}});
    outcome = {};
    QVERIFY(engine.discard("t2", &outcome).isOk());
    QCOMPARE(shown(engine, "b"), QByteArray("none"));
}

void tst_Engine::unconfirmedForTooLong()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit({"t1", {insertion("a", "1")}});
    takeDue(engine, &outcome);
    QCOMPARE(states(engine.setUnconfirmed(1)), QStringList{});
    engine.answer({{1, accepted("9")}});
    QVERIFY(engine.awaitsConfirmation(1));
    QCOMPARE(states(engine.setUnconfirmed(1)), QStringList{"t1 unconfirmed"});
    QCOMPARE(engine.row("card", "a")->shown.state(), Engine::State::Unconfirmed);
    QCOMPARE(states(engine.commit(changeSet("9", {inserted("a", "1", 1)}))), QStringList{"t1 confirmed"});
    QVERIFY(!engine.awaitsConfirmation(1));
}

void tst_Engine::anotherStreamConfirmsWhatTheOneBeforeHad()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome = engine.submit({"t1", {insertion("a", "1")}});
    engine.submit({"t2", {insertion("b", "1")}});
    takeDue(engine, &outcome);
    engine.answer({{1, accepted("9")}});
    QCOMPARE(states(engine.startOver()), QStringList{"t1 confirmed"});
    QCOMPARE(engine.transactionCount(), 1);
}

void tst_Engine::actionsGoToTheirSender()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    const OutboxAction action{"rename", JsonText::fromCheckedJson("{}"), "key"};
    engine.submit({"t1", {insertion("a", R"({"n":1})")}, false, {}, action});
    engine.submit({"t2", {insertion("b", "1")}});
    engine.submit({"t3", {patch("a", "n", "2")}});
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t2"});
    engine.answer({{2, accepted("1")}});
    engine.addSender("rename");
    const QList<Engine::Outgoing> due = takeDue(engine, &outcome, Engine::Reach::Others);
    QCOMPARE(txids(due), QByteArrayList{"t1"});
    QCOMPARE(due.first().action, action);
    QVERIFY(takeDue(engine, &outcome).isEmpty());
    // Its event may be here before the answer.
    engine.commit(changeSet("2", {inserted("a", R"({"n":5})", 1)}, {{"server", 1}}));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":2}?)"));
    QCOMPARE(states(engine.answerAction(1, {}, "server")), QStringList{"t1 confirmed"});
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t3"});
}

void tst_Engine::conflictsAheadOfSending_data()
{
    QTest::addColumn<int>("policy");
    QTest::addColumn<QByteArray>("value");

    QTest::newRow("mine") << int(ConflictPolicy::Mine) << QByteArray(R"({"n":5,"m":6}?)");
    QTest::newRow("theirs") << int(ConflictPolicy::Theirs) << QByteArray(R"({"n":9,"m":6}?)");
    QTest::newRow("merge") << int(ConflictPolicy::Merge) << QByteArray(R"({"n":5,"m":6}?)");
    QTest::newRow("resolver") << -1 << QByteArray(R"({"n":14,"m":6}?)");
}

void tst_Engine::conflictsAheadOfSending()
{
    QFETCH(int, policy);
    QFETCH(QByteArray, value);
    Engine engine = engineOfCards();
    if (policy >= 0)
        engine.setConflictPolicy("card", ConflictPolicy(policy));
    else
        engine.setConflictPolicy("card", ConflictPolicy::Mine, [](const Conflict &conflict) {
            const int sum = conflict.mine.field("n").toInt() + conflict.theirs.field("n").toInt();
            return QList<JsonText::Field>{{"n", JsonText::fromVariant(sum)}};
        });
    engine.restore({});
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    engine.submit({"t", {patch("a", "n", "5"), patch("a", "m", "6")}});
    const Engine::Outcome outcome = engine.commit(changeSet("2", {updated("a", R"({"n":9,"m":1})", 1, {"n"})}));
    QCOMPARE(outcome.conflicts.size(), size_t(1));
    const Conflict &conflict = outcome.conflicts.front();
    QCOMPARE(conflict.fields, QList<QByteArray>{"n"});
    QVERIFY(!conflict.isSent);
    QCOMPARE(conflict.theirs.toByteArray(), QByteArray(R"({"n":9,"m":1})"));
    QCOMPARE(conflict.mine.toByteArray(), QByteArray(R"({"n":5,"m":6})"));
    const bool isAltered = policy < 0 || ConflictPolicy(policy) == ConflictPolicy::Theirs;
    QCOMPARE(outboxChanges(outcome), isAltered ? QStringList{"replace 1"} : QStringList());
    QCOMPARE(states(outcome), isAltered ? QStringList{"t pending"} : QStringList()); // so that it is shown anew
    QCOMPARE(shown(engine, "a"), value);
    // Another field is no conflict.
    QVERIFY(engine.commit(changeSet("3", {updated("a", R"({"n":9,"m":1,"x":2})", 1, {})})).conflicts.empty());
}

void tst_Engine::ownChangesAreNoConflict()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    Engine::Outcome outcome;
    engine.submit({"t1", {patch("a", "n", "2")}});
    takeDue(engine, &outcome);
    engine.submit({"t2", {patch("a", "n", "3")}});
    ChangeSet changes = changeSet("2", {updated("a", R"({"n":2,"m":1})", 1, {"n"})}, {{"t1", 1}});
    changes.ownEvents.push_back(
        {"t1", "card", "a", version("a", R"({"n":1,"m":1})", 1), changes.collections[0].rows[0].row});
    QVERIFY(engine.commit(changes).conflicts.empty());
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t2"});
    // Formed on the first one, and comes upon it.
    changes = changeSet("3", {updated("a", R"({"n":3,"m":1})", 1, {"n"})}, {{"t2", 1}});
    changes.ownEvents.push_back(
        {"t2", "card", "a", version("a", R"({"n":2,"m":1})", 1), changes.collections[0].rows[0].row});
    QVERIFY(engine.commit(changes).conflicts.empty());
}

/* An append whose answer was lost, and that was refused when it went again, may be in the stream after all. */
void tst_Engine::whatAConflictTookOutIsNotCompared()
{
    Engine engine = engineOfCards();
    engine.setConflictPolicy("card", ConflictPolicy::Theirs);
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1), inserted("b", R"({"n":1})", 2)}));
    Engine::Outcome outcome;
    engine.submit({"t", {patch("a", "n", "5"), patch("b", "n", "6")}});
    takeDue(engine, &outcome);
    engine.answer({{1, {StreamError(StreamError::Code::Unauthorized, QStringLiteral("who?")), {}, false}}});
    QCOMPARE(engine.commit(changeSet("2", {updated("a", R"({"n":9})", 1, {"n"})})).conflicts.size(), 1U);
    ChangeSet changes =
        changeSet("3", {updated("a", R"({"n":5})", 1, {"n"}), updated("b", R"({"n":6})", 2, {"n"})}, {{"t", 2}});
    changes.ownEvents.push_back({"t", "card", "a", version("a", R"({"n":9})", 1), changes.collections[0].rows[0].row});
    changes.ownEvents.push_back({"t", "card", "b", version("b", R"({"n":7})", 2), changes.collections[0].rows[1].row});
    QVERIFY(engine.commit(changes).conflicts.empty());
    QCOMPARE(shown(engine, "b"), QByteArray(R"({"n":6}?)"));
}

/* What is frozen is what is on disk. */
void tst_Engine::whatAConflictChangedIsSavedAgainFirst()
{
    Engine engine = engineOfCards();
    engine.restore({});
    engine.setConflictPolicy("card", ConflictPolicy::Theirs);
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    engine.submit({"t", {patch("a", "n", "5"), patch("a", "m", "5")}});
    QCOMPARE(states(engine.saved(1)), QStringList{"t saved"});
    Engine::Outcome outcome = engine.commit(changeSet("2", {updated("a", R"({"n":9,"m":1})", 1, {"n"})}));
    QCOMPARE(outboxChanges(outcome), QStringList{"replace 1"});
    QCOMPARE(states(outcome), QStringList{"t pending"});
    QVERIFY(engine.setReach(Engine::Reach::Everything).outgoing.isEmpty());
    outcome = engine.saved(1);
    QCOMPARE(txids(outcome.outgoing), QByteArrayList{"t"});
    QVERIFY2(outcome.outgoing.first().events.contains(R"("n":9,"m":5)"), outcome.outgoing.first().events.constData());
}

void tst_Engine::conflictsOnTheWay_data()
{
    QTest::addColumn<int>("policy");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("mine") << int(ConflictPolicy::Mine) << QByteArray(R"({"n":5,"m":1})");
    QTest::newRow("theirs") << int(ConflictPolicy::Theirs) << QByteArray(R"({"n":8,"m":9}?)");
    QTest::newRow("merge") << int(ConflictPolicy::Merge) << QByteArray(R"({"n":5,"m":9}?)");
}

/* Somebody set m, and n too, behind what ours was formed on and ahead of our event. */
void tst_Engine::conflictsOnTheWay()
{
    QFETCH(int, policy);
    QFETCH(QByteArray, value);
    Engine engine = engineOfCards();
    engine.setConflictPolicy("card", ConflictPolicy(policy));
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    Engine::Outcome outcome;
    engine.submit({"t", {patch("a", "n", "5")}});
    takeDue(engine, &outcome);
    ChangeSet changes = changeSet("2", {updated("a", R"({"n":5,"m":1})", 1, {"n"})}, {{"t", 1}});
    changes.ownEvents.push_back(
        {"t", "card", "a", version("a", R"({"n":8,"m":9})", 1), changes.collections[0].rows[0].row});
    outcome = engine.commit(changes);
    QCOMPARE(outcome.conflicts.size(), size_t(1));
    QVERIFY(outcome.conflicts.front().isSent);
    QCOMPARE(outcome.conflicts.front().fields, (QList<QByteArray>{"n", "m"}));
    QVERIFY(states(outcome).contains("t confirmed"));
    QCOMPARE(shown(engine, "a"), value);
    QCOMPARE(engine.transactionCount(), value.endsWith('?') ? 1 : 0);
    if (engine.transactionCount() == 0)
        return;
    // One repair: when that meets another change, it is told, and no more.
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t/repair"});
    changes = changeSet("3", {updated("a", R"({"n":5,"m":9})", 1, {"m"})}, {{"t/repair", 1}});
    changes.ownEvents.push_back(
        {"t/repair", "card", "a", version("a", R"({"n":5,"m":7})", 1), changes.collections[0].rows[0].row});
    outcome = engine.commit(changes);
    QCOMPARE(outcome.conflicts.size(), size_t(1));
    QCOMPARE(engine.transactionCount(), 0);
}

void tst_Engine::aRepairLeavesNewerEditsAlone()
{
    Engine engine = engineOfCards();
    engine.setConflictPolicy("card", ConflictPolicy::Merge);
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    Engine::Outcome outcome;
    engine.submit({"t1", {patch("a", "n", "5")}});
    takeDue(engine, &outcome);
    engine.submit({"t2", {patch("a", "m", "2")}});
    ChangeSet changes = changeSet("2", {updated("a", R"({"n":5,"m":1})", 1, {"n"})}, {{"t1", 1}});
    changes.ownEvents.push_back(
        {"t1", "card", "a", version("a", R"({"n":1,"m":9})", 1), changes.collections[0].rows[0].row});
    outcome = engine.commit(changes);
    QCOMPARE(outcome.conflicts.size(), size_t(1));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":5,"m":2}?)"));
    QCOMPARE(txids(takeDue(engine, &outcome)), QByteArrayList{"t2"});
}

void tst_Engine::volatileOnesAreMerged()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"m":1})", 1)}));
    QCOMPARE(engine.setReach(Engine::Reach::Others).outgoing.size(), 0);
    QCOMPARE(engine.submit({"t1", {patch("a", "n", "2")}, true}).outgoing.size(), 1);
    QVERIFY(engine.holdVolatile(true).outgoing.isEmpty());
    QVERIFY(engine.submit({"t2", {patch("a", "n", "3")}, true}).outgoing.isEmpty());
    QVERIFY(engine.submit({"other", {insertion("b", "1")}, true}).outgoing.isEmpty());
    Engine::Outcome outcome = engine.submit({"t3", {patch("a", "m", "4")}, true});
    QVERIFY(states(outcome).contains("t2 discarded"));
    QCOMPARE(shown(engine, "a"), QByteArray(R"({"n":3,"m":4}?)"));
    outcome = engine.holdVolatile(false);
    QCOMPARE(txids(outcome.outgoing), (QByteArrayList{"other", "t3"}));
    QCOMPARE(outcome.outgoing.last().events,
             QByteArray(
                 R"([{"type":"card","key":"a","value":{"n":3,"m":4},"headers":{"operation":"update","txid":"t3"}}])"));
}

void tst_Engine::wholeValuesTravel()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1,"big":9223372036854775807})", 1)}));
    Engine::Outcome outcome;
    engine.submit({"t", {patch("a", "n", "2"), patch("a", "m", "3")}});
    QCOMPARE(
        takeDue(engine, &outcome).first().events,
        QByteArray(
            R"([{"type":"card","key":"a","value":{"n":2,"big":9223372036854775807},"headers":{"operation":"update","txid":"t"}},)"
            R"({"type":"card","key":"a","value":{"n":2,"big":9223372036854775807,"m":3},"headers":{"operation":"update","txid":"t"}}])"));
}

void tst_Engine::updateOfARemovedRowFails()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", R"({"n":1})", 1)}));
    engine.submit({"t", {patch("a", "n", "2")}});
    engine.commit(changeSet("2", {removed("a")}));
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    Engine::Outcome outcome;
    QVERIFY(takeDue(engine, &outcome).isEmpty());
    QCOMPARE(states(outcome), QStringList{"t failed"});
    QCOMPARE(outcome.transactions.front().error.code(), StreamError::Code::Superseded);
    QVERIFY(outcome.transactions.front().error.message().contains(QStringLiteral("card \"a\"")));
}

void tst_Engine::failedInsertTakesLaterUpdatesAlong()
{
    Engine engine = engineOfCards();
    Engine::Outcome outcome;
    engine.submit({"t1", {insertion("a", R"({"n":1})")}});
    engine.submit({"t2", {patch("a", "n", "2")}});
    takeDue(engine, &outcome);
    engine.answer({{1, refused()}});
    QCOMPARE(shown(engine, "a"), QByteArray("none"));
    outcome = {};
    QVERIFY(takeDue(engine, &outcome).isEmpty());
    QCOMPARE(states(outcome), QStringList{"t2 failed"});
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
    const Engine::Outcome outcome = engine.submit({"t", writes[kind]});
    QCOMPARE(states(outcome), QStringList{"t failed"});
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
    engine.submit({"t1", {insertion("mine", "1")}});
    engine.commit(changeSet("1", {inserted("theirs", "1", 1)}));
    QVERIFY(engine.row("card", "mine")->shown.order() > engine.row("card", "theirs")->shown.order());
    Engine::Outcome outcome;
    takeDue(engine, &outcome);
    engine.commit(changeSet("2", {inserted("mine", "1", 2)}, {{"t1", 1}}));
    engine.commit(changeSet("3", {inserted("last", "1", 3)}));
    QVERIFY(engine.row("card", "mine")->shown.order() < engine.row("card", "last")->shown.order());
}

void tst_Engine::clearForgetsEverything()
{
    Engine engine = engineOfCards();
    engine.commit(changeSet("1", {inserted("a", "1", 1)}));
    engine.submit({"t", {insertion("b", "1")}});
    const Engine::Outcome outcome = engine.clear(StreamError(StreamError::Code::Cancelled, QStringLiteral("gone")));
    QCOMPARE(states(outcome), QStringList{"t failed"});
    QCOMPARE(touchCount(outcome), size_t(2));
    QVERIFY(engine.table("card").isEmpty());
    QVERIFY(engine.offset().isEmpty());
}

QTEST_APPLESS_MAIN(tst_Engine)
#include "tst_engine.moc"
