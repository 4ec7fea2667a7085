// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/OrderKey>

#include <QSet>
#include <QTest>

#include <algorithm>
#include <random>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

class tst_OrderKey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void between_data();
    void between();
    void behindAlone_data();
    void behindAlone();
    void hardlyAnyAreEqual();
    void appending();
    void prepending();
    void insertingAtOnePlace();
    void insertingAnywhere();
    void arbitraryLimits();
};

namespace {

bool isPosition(const QString &position)
{
    return !position.isEmpty() && std::all_of(position.begin(), position.end(), [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'A' && c <= u'Z') || (c >= u'a' && c <= u'z');
    });
}

} // namespace

void tst_OrderKey::between_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("first of all") << u""_s << u""_s;
    QTest::newRow("far apart") << u"A"_s << u"z"_s;
    QTest::newRow("next digits") << u"A"_s << u"B"_s;
    QTest::newRow("next digits, no room until later") << u"Azzzz"_s << u"B"_s;
    QTest::newRow("next digits, room behind zeros") << u"A"_s << u"B00001"_s;
    QTest::newRow("same beginning") << u"card1"_s << u"card2"_s;
    QTest::newRow("one begins with the other") << u"card"_s << u"card1"_s;
    QTest::newRow("one begins with the other, zeros") << u"card"_s << u"card0001"_s;
    QTest::newRow("ends in zeros") << u"A000"_s << u"A001"_s;
    QTest::newRow("different lengths") << u"Az"_s << u"B"_s;
    QTest::newRow("behind the last digit") << u"z"_s << u""_s;
    QTest::newRow("behind many last digits") << u"zzzzzzzzzz"_s << u""_s;
    QTest::newRow("behind zeros") << u"0"_s << u""_s;
    QTest::newRow("ahead of the first digits") << u""_s << u"00001"_s;
    QTest::newRow("ahead of a one") << u""_s << u"1"_s;
    QTest::newRow("ahead of the last digit") << u""_s << u"z"_s;
    QTest::newRow("behind a digit, ahead of a long one") << u"V"_s << u"V"_s + QString(200, u'0') + u"1"_s;
    QTest::newRow("long and equal for long") << QString(500, u'q') + u"1"_s << QString(500, u'q') + u"2"_s;
}

void tst_OrderKey::between()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    for (int i = 0; i < 100; ++i) {
        const QString position = OrderKey::between(before, after);
        QVERIFY2(isPosition(position), qPrintable(position));
        QVERIFY2(position > before, qPrintable(position));
        QVERIFY2(after.isEmpty() || position < after, qPrintable(position));
        QVERIFY(!position.endsWith(u'0'));
    }
}

void tst_OrderKey::behindAlone_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("equal") << u"B"_s << u"B"_s;
    QTest::newRow("the wrong way round") << u"C"_s << u"B"_s;
    QTest::newRow("the wrong way round, one begins with the other") << u"B1"_s << u"B"_s;
    QTest::newRow("no room") << u"B"_s << u"B0"_s;
    QTest::newRow("no room but for zeros") << u"B"_s << u"B000"_s;
    QTest::newRow("ahead of the first of all") << u""_s << u"0"_s;
    QTest::newRow("other characters ahead") << u""_s << u"a-b"_s;
    QTest::newRow("other characters behind") << u"a-b"_s << u"c"_s;
    QTest::newRow("other characters on both sides") << u"~"_s << u"\u00e9"_s;
    QTest::newRow("beyond Latin") << u"\u4e00"_s << u""_s;
}

void tst_OrderKey::behindAlone()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    const QString position = OrderKey::between(before, after);
    QVERIFY2(position.toUtf8() > before.toUtf8(), qPrintable(position));
}

void tst_OrderKey::hardlyAnyAreEqual()
{
    QSet<QString> positions;
    for (int i = 0; i < 1000; ++i)
        positions.insert(OrderKey::between(u"A"_s, u"B"_s));
    QVERIFY(positions.size() >= 998); // two of a thousand may be, once in two thousand times
}

void tst_OrderKey::appending()
{
    QString last;
    for (int i = 0; i < 10000; ++i) {
        const QString position = OrderKey::between(last, {});
        QVERIFY(position > last);
        QVERIFY2(position.size() <= 12, qPrintable(position));
        last = position;
    }
}

void tst_OrderKey::prepending()
{
    QString first = OrderKey::between({}, {});
    for (int i = 0; i < 10000; ++i) {
        const QString position = OrderKey::between({}, first);
        QVERIFY(position < first);
        QVERIFY2(position.size() <= 12, qPrintable(position));
        first = position;
    }
}

// A position grows by a character for each five or six drops at one and the same place, not faster.
void tst_OrderKey::insertingAtOnePlace()
{
    for (const bool isBehind : {true, false}) {
        QString low = OrderKey::between({}, {});
        QString high = OrderKey::between(low, {});
        for (int i = 0; i < 1000; ++i) {
            const QString position = OrderKey::between(low, high);
            QVERIFY(low < position && position < high);
            QVERIFY2(position.size() < 20 + i / 4, qPrintable(position));
            (isBehind ? low : high) = position;
        }
    }
}

void tst_OrderKey::insertingAnywhere()
{
    std::mt19937 random(20260304);
    QList<QString> positions;
    for (int i = 0; i < 10000; ++i) {
        const qsizetype place = qsizetype(random() % std::size_t(positions.size() + 1));
        const QString before = place > 0 ? positions[place - 1] : QString();
        const QString after = place < positions.size() ? positions[place] : QString();
        const QString position = OrderKey::between(before, after);
        QVERIFY2(isPosition(position), qPrintable(position));
        QVERIFY(before.isEmpty() || position > before);
        QVERIFY(after.isEmpty() || position < after);
        QVERIFY2(position.size() <= 24, qPrintable(position));
        positions.insert(place, position);
    }
    QVERIFY(std::is_sorted(positions.begin(), positions.end()));
}

void tst_OrderKey::arbitraryLimits()
{
    std::mt19937 random(20260305);
    const auto anyPosition = [&] {
        static const QString digits = u"0019AZaz"_s;
        QString position;
        for (auto size = random() % 6; size > 0; --size)
            position += digits[qsizetype(random() % 8)];
        return position;
    };
    for (int i = 0; i < 50000; ++i) {
        const QString before = anyPosition();
        const QString after = anyPosition();
        const QString position = OrderKey::between(before, after);
        QVERIFY(position > before);
        const bool isSameButForZeros =
            after.startsWith(before) && after.count(u'0') - before.count(u'0') == after.size() - before.size();
        const bool hasRoom = before < after && !isSameButForZeros;
        if (hasRoom)
            QVERIFY2(position < after, qPrintable(before + u' ' + position + u' ' + after));
    }
}

QTEST_APPLESS_MAIN(tst_OrderKey)
#include "tst_orderkey.moc"
