// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/EventDecoder>

#include <QTest>

using namespace DurableStreams;

class tst_ChangeEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void toJson_data();
    void toJson();
    void readsBack();
};

void tst_ChangeEvent::toJson_data()
{
    QTest::addColumn<ChangeEvent>("event");
    QTest::addColumn<QByteArray>("json");
    const auto text = [](const char *json) { return JsonText::fromCheckedJson(json); };

    QTest::newRow("insert") << ChangeEvent{Operation::Insert, "card", "c-1", text("{\"a\":1}"), {}, {}, {}, {}}
                            << QByteArray(
                                   R"({"type":"card","key":"c-1","value":{"a":1},"headers":{"operation":"insert"}})");
    QTest::newRow("upsert of null") << ChangeEvent{Operation::Upsert, "t", "k", text("null"), {}, {}, {}, {}}
                                    << QByteArray(
                                           R"({"type":"t","key":"k","value":null,"headers":{"operation":"upsert"}})");
    QTest::newRow("delete")
        << ChangeEvent{Operation::Delete, "t", "k", {}, text("{}"), "tx", {}, {}}
        << QByteArray(R"({"type":"t","key":"k","old_value":{},"headers":{"operation":"delete","txid":"tx"}})");
    QTest::newRow("update with all") << ChangeEvent{Operation::Update, "t", "k", text("2"), text("1"), "tx", "now", {}}
                                     << QByteArray(R"({"type":"t","key":"k","value":2,"old_value":1,"headers":)"
                                                   R"({"operation":"update","txid":"tx","timestamp":"now"}})");
    QTest::newRow("other headers stay") << ChangeEvent{Operation::Update,
                                                       "t",
                                                       "k",
                                                       text("2"),
                                                       {},
                                                       "tx",
                                                       {},
                                                       text(R"({"from":"me","operation":"insert", "n" : 1e400})")}
                                        << QByteArray(
                                               R"({"type":"t","key":"k","value":2,"headers":)"
                                               R"({"from":"me","operation":"update", "n" : 1e400,"txid":"tx"}})");
    QTest::newRow("names that need escapes")
        << ChangeEvent{Operation::Insert, "a\"b", "\n\xE2\x80\xA8\xC3\xA9", text("1"), {}, {}, {}, {}}
        << QByteArray("{\"type\":\"a\\\"b\",\"key\":\"\\n\\u2028\xC3\xA9\",\"value\":1,"
                      "\"headers\":{\"operation\":\"insert\"}}");
}

void tst_ChangeEvent::toJson()
{
    QFETCH(ChangeEvent, event);
    QFETCH(QByteArray, json);
    QCOMPARE(event.toJson(), json);
}

void tst_ChangeEvent::readsBack()
{
    const QByteArray json = R"({"type":"t","key":"k","value":{"n":18446744073709551616,"s":"\ud800"},"old_value":[ ],)"
                            R"("headers":{"operation":"update","txid":"x","timestamp":"then","from":"me"}})";
    EventDecoder decoder;
    const Event event = decoder.decode(json);
    QVERIFY(std::holds_alternative<ChangeEvent>(event));
    QCOMPARE(std::get<ChangeEvent>(event).toJson(), json);
}

QTEST_APPLESS_MAIN(tst_ChangeEvent)
#include "tst_changeevent.moc"
