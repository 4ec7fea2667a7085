// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/CommitBuilder>

#include <QtTest>

using namespace DurableStreams;

namespace {

QByteArray change(const QByteArray &key, const QByteArray &value)
{
    return R"({"type":"card","key":")" + key + R"(","value":)" + value + R"(,"headers":{"operation":"upsert"}})";
}

QByteArray removal(const QByteArray &key)
{
    return R"({"type":"card","key":")" + key + R"(","headers":{"operation":"delete"}})";
}

QByteArray control(const QByteArray &kind)
{
    return R"({"headers":{"control":")" + kind + R"("}})";
}

QByteArray array(const QByteArrayList &elements)
{
    return '[' + elements.join(',') + ']';
}

const Declaration cards{"card", {}, {}, 1};

/*! What one process keeps for the next: the rows, and where to read on. */
struct Kept
{
    QByteArray resume;
    QList<RowVersionPointer> rows;
    quint64 lastOrder = 0;

    static Kept of(const CommitBuilder &builder)
    {
        Kept kept{builder.resumePoint().toBytes(), {}, 0};
        for (const CollectionChanges &changes : builder.rows().collections) {
            for (const RowChange &change : changes.rows) {
                const BatchPointer batch(new Batch);
                batch->offset = change.row->batch().offset;
                kept.rows.append(RowVersion::make(change.row->key(), change.row->value(), change.row->timestamp(),
                                                  change.row->order(), batch));
                kept.lastOrder = std::max(kept.lastOrder, change.row->order());
            }
        }
        return kept;
    }
    ResumePoint point() const { return ResumePoint::fromBytes(resume).value(); }
};

CommitBuilder first()
{
    CommitBuilder builder;
    builder.keepResumePoint();
    builder.declare(cards);
    return builder;
}

CommitBuilder restored(const Kept &kept)
{
    CommitBuilder builder = first();
    builder.expectRows();
    builder.restore("card", kept.rows);
    builder.resume(kept.point(), kept.lastOrder);
    return builder;
}

/*! `+a=1` and so on. */
QStringList told(const std::optional<ChangeSet> &changes)
{
    if (!changes)
        return {"nothing"};
    QStringList lines;
    for (const CollectionChanges &collection : changes->collections) {
        for (const RowChange &row : collection.rows) {
            const char sign = row.kind == RowChange::Kind::Insert ? '+'
                : row.kind == RowChange::Kind::Update             ? '~'
                                                                  : '-';
            lines.append(QString::fromUtf8(sign + row.key().toByteArray() + '=' + row.row->value().toByteArray()));
        }
    }
    lines.sort();
    return lines;
}

const QByteArrayList lastBatch{change("b", "2"), change("c", "3")};

/*! Read up to offset 2: a, then b and c. */
Kept twoBatches()
{
    CommitBuilder builder = first();
    builder.feed(array({change("a", "1")}));
    builder.commit("1", true, false);
    builder.feed(array(lastBatch));
    builder.commit("2", true, false);
    return Kept::of(builder);
}

} // namespace

/*! Reading on from rows that an earlier process kept. */
class tst_Resume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pointsAreBytes();
    void badBytesAreNoPoint();
    void lastBatchIsSkipped();
    void restoredRowsAreNotToldAgain();
    void newRowsStandBehind();
    void nothingIsToldBeforeTheStreamIsUpToDate();
    void anotherStreamIsFound_data();
    void anotherStreamIsFound();
    void dropsWhileComparing();
    void offsetsWithinTheLastBatch();
    void largeBatchIsNotReadToItsEnd();
    void longElementIsComparedInPart();
    void readsOnFromAheadOfASnapshot();
    void secondSnapshotTakesThePlaceOfTheFirst();
    void snapshotThatEndedIsBehind();
    void nothingIsKeptOfAnUntoldReset();
    void emptyStreamHasNothingToCompare();
    void typesDeclaredLaterLackRows();
    void startingOverTellsTheDifference();
};

void tst_Resume::pointsAreBytes()
{
    const ResumePoint point = twoBatches().point();
    QCOMPARE(point.offset, "2");
    QCOMPARE(point.before, "1");
    QCOMPARE(point.elementCount, 2);
    QCOMPARE(point.hashedCount, 2);
    QCOMPARE(point.hash.size(), 16);
    QCOMPARE(ResumePoint::fromBytes(point.toBytes()), point);
    QVERIFY(point.toBytes().size() < 100);
    ResumePoint tooLong = point;
    tooLong.before = QByteArray(ResumePoint::LongestOffset + 1, 'x');
    QVERIFY(tooLong.toBytes().isEmpty());
}

void tst_Resume::badBytesAreNoPoint()
{
    const QByteArray good = twoBatches().resume;
    for (qsizetype size = 0; size < good.size(); ++size)
        QVERIFY(!ResumePoint::fromBytes(good.first(size)));
    QVERIFY(!ResumePoint::fromBytes(good + 'x'));
    QVERIFY(!ResumePoint::fromBytes(QByteArray(100'000, '\1')));
    QByteArray otherVersion = good;
    otherVersion[0] = 1; // whose hash was another
    QVERIFY(!ResumePoint::fromBytes(otherVersion));
    ResumePoint uncomparable = twoBatches().point();
    uncomparable.hashedCount = 3;
    QVERIFY(!ResumePoint::fromBytes(uncomparable.toBytes()));
}

void tst_Resume::lastBatchIsSkipped()
{
    CommitBuilder builder = restored(twoBatches());
    QCOMPARE(builder.offset(), "1");
    QVERIFY(builder.feed(array(lastBatch + QByteArrayList{change("b", "20"), removal("a"), change("d", "4")})));
    QCOMPARE(builder.next(), CommitBuilder::Next::GoOn);
    const auto changes = builder.commit("3", true, false);
    QCOMPARE(told(changes), (QStringList{"+d=4", "-a=1", "~b=20"}));
    QVERIFY(!changes->isFromStart);
    QCOMPARE(changes->eventCount, 3);
    // Where the one after this one begins.
    QCOMPARE(builder.resumePoint().before, "1");
    QCOMPARE(builder.resumePoint().elementCount, 5);
}

void tst_Resume::restoredRowsAreNotToldAgain()
{
    CommitBuilder builder = restored(twoBatches());
    builder.feed(array(lastBatch));
    const auto changes = builder.commit("2", true, false);
    QVERIFY(changes && changes->upToDate);
    QVERIFY(changes->collections.empty());
    QCOMPARE(Kept::of(builder).rows.size(), 3);
}

void tst_Resume::newRowsStandBehind()
{
    const Kept kept = twoBatches();
    CommitBuilder builder = restored(kept);
    builder.feed(array(lastBatch + QByteArrayList{change("d", "4")}));
    const auto changes = builder.commit("3", true, false);
    QVERIFY(changes->collections.front().rows.front().row->order() > kept.lastOrder);
}

void tst_Resume::nothingIsToldBeforeTheStreamIsUpToDate()
{
    CommitBuilder builder = restored(twoBatches());
    builder.feed(array(lastBatch));
    QCOMPARE(told(builder.commit("2", false, false)), QStringList{"nothing"});
    builder.feed(array({change("d", "4")}));
    QCOMPARE(told(builder.commit("3", false, false)), QStringList{"nothing"});
    builder.feed(array({change("e", "5")}));
    QCOMPARE(told(builder.commit("4", true, false)), (QStringList{"+d=4", "+e=5"}));
    builder.feed(array({change("f", "6")}));
    QCOMPARE(told(builder.commit("5", false, false)), QStringList{"+f=6"});
}

void tst_Resume::anotherStreamIsFound_data()
{
    QTest::addColumn<QByteArrayList>("elements");
    QTest::addColumn<QByteArray>("offset");
    QTest::addColumn<bool>("upToDate");
    QTest::newRow("other elements") << QByteArrayList{change("b", "2"), change("c", "4")} << QByteArray("2") << true;
    QTest::newRow("other ones in between") << QByteArrayList{change("x", "2"), lastBatch[1]} << QByteArray("2") << true;
    QTest::newRow("too few") << QByteArrayList{lastBatch[0]} << QByteArray("2") << false;
    QTest::newRow("none") << QByteArrayList{} << QByteArray("1") << true;
    QTest::newRow("other cuts") << QByteArrayList{"1", "2"} << QByteArray("2") << true;
}

void tst_Resume::anotherStreamIsFound()
{
    QFETCH(QByteArrayList, elements);
    QFETCH(QByteArray, offset);
    QFETCH(bool, upToDate);
    CommitBuilder builder = restored(twoBatches());
    builder.feed(array(elements));
    QCOMPARE(told(builder.commit(offset, upToDate, false)), QStringList{"nothing"});
    QCOMPARE(builder.next(), CommitBuilder::Next::StartOver);
    // Read from its start, it is told as a difference; all rows have other places.
    builder.startOver(BaseState::Start::OtherStream);
    QCOMPARE(builder.next(), CommitBuilder::Next::GoOn);
    QCOMPARE(builder.offset(), "-1");
    builder.feed(array({change("a", "1"), change("b", "9")}));
    QCOMPARE(told(builder.commit("2", true, false)), (QStringList{"-c=3", "~a=1", "~b=9"}));
}

void tst_Resume::dropsWhileComparing()
{
    CommitBuilder builder = restored(twoBatches());
    builder.feed("[" + lastBatch[0] + ",");
    builder.restart();
    builder.feed("[" + lastBatch[0] + "," + lastBatch[1] + "," + change("d", "4") + ",");
    QCOMPARE(builder.next(), CommitBuilder::Next::GoOn);
    builder.restart();
    builder.feed(array(lastBatch + QByteArrayList{change("d", "4"), change("e", "5")}));
    QCOMPARE(told(builder.commit("3", true, false)), (QStringList{"+d=4", "+e=5"}));
}

void tst_Resume::offsetsWithinTheLastBatch()
{
    CommitBuilder builder = restored(twoBatches());
    builder.feed(array({lastBatch[0]}));
    QCOMPARE(told(builder.commit("1.5", false, false)), QStringList{"nothing"});
    builder.feed("[" + lastBatch[1].first(5));
    builder.restart();
    QCOMPARE(builder.offset(), "1.5");
    builder.feed(array({lastBatch[1], change("d", "4")}));
    QCOMPARE(builder.next(), CommitBuilder::Next::GoOn);
    QCOMPARE(told(builder.commit("3", true, false)), QStringList{"+d=4"});
}

void tst_Resume::largeBatchIsNotReadToItsEnd()
{
    QByteArrayList large;
    for (int i = 0; i < 3000; ++i)
        large.append(change(QByteArray::number(i), "\"" + QByteArray(100, 'x') + "\""));
    CommitBuilder builder = first();
    builder.feed(array(large));
    builder.commit("1", true, false);
    const Kept kept = Kept::of(builder);
    QCOMPARE(kept.point().elementCount, 3000);
    QVERIFY(kept.point().hashedCount < 1000);

    CommitBuilder later = restored(kept);
    QCOMPARE(later.offset(), "-1");
    later.feed("[" + large.first(1000).join(',') + ",");
    QCOMPARE(later.next(), CommitBuilder::Next::Restart);
    QCOMPARE(later.offset(), "1");
    later.restart();
    later.feed(array({change("new", "1")}));
    QCOMPARE(told(later.commit("2", true, false)), QStringList{"+new=1"});
    QCOMPARE(later.resumePoint().before, "1");
}

void tst_Resume::longElementIsComparedInPart()
{
    const auto longValue = [](char last) { return '"' + QByteArray(200'000, 'x') + last + '"'; };
    CommitBuilder builder = first();
    builder.feed(array({change("a", longValue('1'))}));
    builder.commit("1", true, false);
    const Kept kept = Kept::of(builder);
    QCOMPARE(kept.point().hashedCount, 1);
    CommitBuilder later = restored(kept);
    later.feed(array({change("a", longValue('1')), change("b", "2")}));
    QCOMPARE(told(later.commit("2", true, false)), QStringList{"+b=2"});
    CommitBuilder other = restored(kept);
    other.feed(array({change("z", longValue('1'))}));
    QCOMPARE(other.next(), CommitBuilder::Next::StartOver);
}

void tst_Resume::readsOnFromAheadOfASnapshot()
{
    CommitBuilder builder = first();
    builder.feed(array({change("a", "1"), change("b", "2")}));
    builder.commit("1", true, false);
    builder.feed(array({change("c", "3"), control("snapshot-start"), change("a", "1")}));
    QCOMPARE(told(builder.commit("2", true, false)), QStringList{"+c=3"});
    builder.feed(array({change("d", "4")}));
    builder.commit("3", true, false);
    const Kept kept = Kept::of(builder);
    QCOMPARE(kept.point().offset, "1");
    QCOMPARE(kept.rows.size(), 4);

    CommitBuilder later = restored(kept);
    later.feed(array({change("a", "1"), change("b", "2")}));
    later.commit("1", false, false);
    later.feed(array({change("c", "3"), control("snapshot-start"), change("a", "1")}));
    later.commit("2", false, false);
    later.feed(array({change("d", "4")}));
    later.commit("3", false, false);
    later.feed(array({control("snapshot-end")}));
    QCOMPARE(told(later.commit("4", true, false)), (QStringList{"-b=2", "-c=3"}));
    QCOMPARE(later.resumePoint().offset, "4");
}

void tst_Resume::secondSnapshotTakesThePlaceOfTheFirst()
{
    CommitBuilder builder = first();
    builder.feed(array({control("snapshot-start"), change("a", "1")}));
    builder.commit("1", true, false);
    QCOMPARE(builder.resumePoint().offset, "-1");
    QCOMPARE(builder.resumePoint().elementCount, 0);
    builder.feed(array({control("snapshot-start"), change("b", "2")}));
    builder.commit("2", true, false);
    QCOMPARE(builder.resumePoint().offset, "1");
    builder.feed(array({control("reset"), change("c", "2")}));
    builder.commit("3", true, false);
    QCOMPARE(builder.resumePoint().offset, "3");
}

void tst_Resume::snapshotThatEndedIsBehind()
{
    CommitBuilder builder = first();
    builder.feed(array({control("snapshot-start"), change("a", "1"), control("snapshot-end"), change("b", "1")}));
    builder.commit("1", true, false);
    QCOMPARE(builder.resumePoint().offset, "1");
}

void tst_Resume::nothingIsKeptOfAnUntoldReset()
{
    CommitBuilder builder = first();
    builder.feed(array({change("a", "1")}));
    QVERIFY(builder.commit("1", true, false));
    const Kept kept = Kept::of(builder);
    builder.feed(array({control("reset"), change("b", "2")}));
    QVERIFY(!builder.commit("2", false, false));
    // So that is what the next process has.
    CommitBuilder later = restored(kept);
    later.feed(array({change("a", "1")}));
    later.commit("1", false, false);
    later.feed(array({control("reset"), change("b", "2")}));
    QVERIFY(!later.commit("2", false, false));
    later.feed(array({change("c", "3")}));
    QCOMPARE(told(later.commit("3", true, false)), (QStringList{"+b=2", "+c=3", "-a=1"}));
}

void tst_Resume::emptyStreamHasNothingToCompare()
{
    CommitBuilder builder = first();
    builder.commit("0", true, false);
    const Kept kept = Kept::of(builder);
    QCOMPARE(kept.point().offset, "0");
    QCOMPARE(kept.point().elementCount, 0);
    CommitBuilder later = restored(kept);
    QCOMPARE(later.offset(), "0");
    later.feed(array({change("a", "1")}));
    QCOMPARE(told(later.commit("1", true, false)), QStringList{"+a=1"});
    // An offset further on, without anything in between, is the same place.
    later.commit("2", true, false);
    QCOMPARE(later.resumePoint().offset, "2");
    QCOMPARE(later.resumePoint().before, "0");
}

void tst_Resume::typesDeclaredLaterLackRows()
{
    CommitBuilder builder = restored(twoBatches());
    QVERIFY(!builder.lacksRows());
    builder.declare({"note", {}, {}, 2});
    QVERIFY(builder.lacksRows());
    builder.startOver(BaseState::Start::SameStream);
    QVERIFY(!builder.lacksRows());
}

void tst_Resume::startingOverTellsTheDifference()
{
    CommitBuilder builder = restored(twoBatches());
    builder.startOver(BaseState::Start::SameStream);
    builder.feed(array({change("a", "1")}));
    builder.feed(array(lastBatch));
    const auto changes = builder.commit("2", true, false);
    QVERIFY(changes && changes->collections.empty());
    QVERIFY(changes->isFromStart);
}

QTEST_APPLESS_MAIN(tst_Resume)

#include "tst_resume.moc"
