// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/SseParser_p.h"

#include <QElapsedTimer>
#include <QTest>

using DurableStreams::SseParser;
using Events = QList<SseParser::Event>;

Q_DECLARE_METATYPE(Events)

class tst_SseParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void events_data();
    void events();
    void splitAnywhere_data() { events_data(); }
    void splitAnywhere();
    void byteByByte_data() { events_data(); }
    void byteByByte();
    void afterCarriageReturn();
    void sizeLimit_data();
    void sizeLimit();
    void linearTime_data();
    void linearTime();
};

void tst_SseParser::events_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<Events>("expected");

    const Events one{{"data", "[1]"}};
    QTest::newRow("LF") << QByteArray("event: data\ndata: [1]\n\n") << one;
    QTest::newRow("CR") << QByteArray("event: data\rdata: [1]\r\r") << one;
    QTest::newRow("CRLF") << QByteArray("event: data\r\ndata: [1]\r\n\r\n") << one;
    QTest::newRow("mixed ends") << QByteArray("event: data\rdata: [1]\r\n\n") << one;
    QTest::newRow("no space") << QByteArray("event:data\ndata:[1]\n\n") << one;
    QTest::newRow("one space is stripped") << QByteArray("data:  a \n\n") << Events{{"message", " a "}};
    QTest::newRow("lines join by LF") << QByteArray("data: [\r\ndata: 1\rdata: ]\n\n")
                                      << Events{{"message", "[\n1\n]"}};
    QTest::newRow("empty data lines") << QByteArray("data\ndata:\n\n") << Events{{"message", "\n"}};
    QTest::newRow("one empty data line") << QByteArray("data:\n\n") << Events{{"message", ""}};
    QTest::newRow("no data, no event") << QByteArray("event: data\n\ndata: a\n\n") << Events{{"message", "a"}};
    QTest::newRow("comments") << QByteArray(": hello\n:\nevent: data\n:x\ndata: [1]\n: y\n\n:\n\n") << one;
    QTest::newRow("ignored fields") << QByteArray("id: 7\nretry: 10\nfoo: bar\nfoo\nevent: data\ndata: [1]\n\n") << one;
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                   "event: data\ndata: [1]\n\n")
                                     << one;
    QTest::newRow("a colon in the data") << QByteArray("data: a:b: c\n\n") << Events{{"message", "a:b: c"}};
    QTest::newRow("UTF-8") << QByteArray("data: \xC3\xA4\xE2\x80\xA8\xF0\x9F\x98\x80\xC2\x85z\n\n")
                           << Events{{"message", "\xC3\xA4\xE2\x80\xA8\xF0\x9F\x98\x80\xC2\x85z"}};
    QTest::newRow("unfinished") << QByteArray("data: a\n\ndata: b\n") << Events{{"message", "a"}};
    QTest::newRow("several") << QByteArray("event: data\ndata: [1]\n\nevent: control\ndata: {}\n\nevent: data\n"
                                           "data: [2]\n\n")
                             << Events{{"data", "[1]"}, {"control", "{}"}, {"data", "[2]"}};
    QTest::newRow("many CRLF") << QByteArray("\r\n\r\ndata: a\r\n\r\n\r\ndata: b\r\n\r\n")
                               << Events{{"message", "a"}, {"message", "b"}};
}

void tst_SseParser::events()
{
    QFETCH(QByteArray, bytes);
    QFETCH(Events, expected);
    SseParser parser;
    QCOMPARE(parser.feed(bytes), expected);
    QVERIFY(!parser.isOverLimit());
}

void tst_SseParser::splitAnywhere()
{
    QFETCH(QByteArray, bytes);
    QFETCH(Events, expected);
    for (qsizetype first = 0; first <= bytes.size(); ++first) {
        for (qsizetype second = first; second <= bytes.size(); ++second) {
            SseParser parser;
            Events events = parser.feed(QByteArrayView(bytes).first(first));
            events += parser.feed(QByteArrayView(bytes).sliced(first, second - first));
            events += parser.feed(QByteArrayView(bytes).sliced(second));
            QCOMPARE(events, expected);
        }
    }
}

void tst_SseParser::byteByByte()
{
    QFETCH(QByteArray, bytes);
    QFETCH(Events, expected);
    SseParser parser;
    Events events;
    for (const char byte : bytes)
        events += parser.feed(QByteArrayView(&byte, 1));
    QCOMPARE(events, expected);
}

/* An event is given when its blank line ends with CR; a LF may follow much later, or never. */
void tst_SseParser::afterCarriageReturn()
{
    SseParser parser;
    QCOMPARE(parser.feed("data: a\r\n\r"), (Events{{"message", "a"}}));
    QCOMPARE(parser.feed(""), Events());
    QCOMPARE(parser.feed("\ndata: b\r\n\r"), (Events{{"message", "b"}}));
    QCOMPARE(parser.feed("data: c\r\r"), (Events{{"message", "c"}}));
}

void tst_SseParser::sizeLimit_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("tooLarge");

    QTest::newRow("fits") << QByteArray("data: 0123456789012345678901\n\n") << false;
    QTest::newRow("endless line") << QByteArray("data: 012345678901234567890123456789") << true;
    QTest::newRow("endless comment") << QByteArray(":" + QByteArray(40, 'x')) << true;
    QTest::newRow("many lines") << QByteArray("data: 01234567890123456789\ndata: 01234567890123456789\n\n") << true;
}

void tst_SseParser::sizeLimit()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, tooLarge);
    SseParser parser(32);
    for (const char byte : bytes)
        parser.feed(QByteArrayView(&byte, 1));
    QCOMPARE(parser.isOverLimit(), tooLarge);
    QCOMPARE(parser.feed("\n\ndata: a\n\n").isEmpty(), tooLarge);
}

void tst_SseParser::linearTime_data()
{
    QTest::addColumn<QByteArray>("unit");

    QTest::newRow("LF") << QByteArray("data: a\n\n");
    QTest::newRow("CR") << QByteArray("data: a\r\r");
    QTest::newRow("CRLF") << QByteArray("data: a\r\n\r\n");
}

void tst_SseParser::linearTime()
{
    QFETCH(QByteArray, unit);
    const int count = 500'000;
    SseParser parser;
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(parser.feed(unit.repeated(count)).size(), count);
    QVERIFY2(timer.elapsed() < 5000, "a scan to the end for each line would take minutes");
}

QTEST_GUILESS_MAIN(tst_SseParser)
#include "tst_sseparser.moc"
