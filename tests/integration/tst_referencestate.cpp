// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/EventDecoder>
#include <DurableStreams/MaterializedState>

#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>
#include <optional>

using namespace DurableStreams;

class tst_ReferenceState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void differenceShows();
    void sameRows();

private:
    struct Rows
    {
        QString reference;
        QString given;
    };
    void ask(const QList<QByteArray> &events, const MaterializedState &state);
    std::optional<Rows> answer();

    QProcess m_node;
};

namespace {

constexpr quint32 SequenceCount = 10'000;
constexpr quint32 AskedAtOnce = 100;
constexpr int LongestSequence = 40;

/*! Valid change events, by a seed: few types and keys, so that they meet; values of every kind and spelling. */
class RandomEvents
{
public:
    explicit RandomEvents(quint32 seed)
        : m_random(seed)
    {
        for (int count = 2 + below(6); count > 0; --count)
            m_keys.append(string(oneOf(keyTexts)));
        for (int count = 1 + below(4); count > 0; --count)
            m_types.append(string(oneOf(typeTexts)));
    }

    QList<QByteArray> sequence()
    {
        QList<QByteArray> events;
        for (int count = 1 + below(LongestSequence); count > 0; --count)
            events.append(event());
        return events;
    }

private:
    static inline const QList<QByteArray> typeTexts{"card", "column", "__proto__", "constructor", "\xC3\xA9t\xC3\xA9",
                                                    "0",    " ",      "toString",  "a\nb"};
    static inline const QList<QByteArray> keyTexts{"a",
                                                   "b",
                                                   "1",
                                                   "01",
                                                   "__proto__",
                                                   "hasOwnProperty",
                                                   "\xF0\x9F\x98\x80",
                                                   "a b",
                                                   "\"quoted\"",
                                                   "\\",
                                                   "\t",
                                                   "a-rather-long-key-as-uuids-are-0123456789"};
    static inline const QList<QByteArray> numbers{
        "0", "-0", "1", "-17", "0.1", "1e2", "1E-7", "2.50", "1e21", "123456789012345678", "9223372036854775807"};
    static inline const QList<QByteArray> strings{"",   "text",         "\xC3\xA9", "\xF0\x9F\x98\x80", "\"", "\\",
                                                  "\n", "\xE2\x80\xA8", "a/b",      "__proto__"};
    static inline const QList<QByteArray> literals{"null", "true", "false"};
    static inline const QList<QByteArray> loneSurrogates{R"("\ud800")", R"("\udc00x")"};

    int below(int limit) { return m_random.bounded(limit); }
    bool isOneIn(int count) { return below(count) == 0; }
    QByteArray oneOf(const QList<QByteArray> &choices) { return choices[below(int(choices.size()))]; }
    QByteArray space() { return isOneIn(8) ? oneOf({" ", "\n", "  "}) : QByteArray(); }

    static QByteArray escaped(const QString &character)
    {
        QByteArray json;
        for (const QChar unit : character)
            json += "\\u" + QByteArray::number(unit.unicode(), 16).rightJustified(4, '0');
        return json;
    }

    // Some characters are written as escapes, though they need not be.
    QByteArray string(const QByteArray &utf8)
    {
        QByteArray json("\"");
        for (const char32_t codePoint : QString::fromUtf8(utf8).toUcs4()) {
            const QString character = QString::fromUcs4(&codePoint, 1);
            const bool needsEscape = codePoint < U' ' || codePoint == U'"' || codePoint == U'\\';
            json += needsEscape || isOneIn(8) ? escaped(character) : character.toUtf8();
        }
        return json + '"';
    }

    QByteArray value(int depth = 0)
    {
        switch (below(depth < 3 ? 7 : 4)) {
        case 0:
            return oneOf(literals);
        case 1:
            return oneOf(numbers);
        case 2:
            return isOneIn(8) ? oneOf(loneSurrogates) : string(oneOf(strings));
        case 3:
            return QByteArray::number(m_random.generateDouble() * 1e6);
        case 4: {
            QList<QByteArray> elements;
            for (int count = below(4); count > 0; --count)
                elements.append(space() + value(depth + 1) + space());
            return '[' + elements.join(',') + ']';
        }
        default:
            return object(depth);
        }
    }

    QByteArray object(int depth)
    {
        QList<QByteArray> members;
        for (int count = below(5); count > 0; --count)
            members.append(space() + string(oneOf(keyTexts)) + space() + ':' + space() + value(depth + 1));
        return '{' + members.join(',') + '}';
    }

    QByteArray event()
    {
        const QByteArray operation = oneOf({"insert", "update", "upsert", "delete"});
        QByteArray headers = R"("operation":")" + operation + '"';
        if (isOneIn(3))
            headers += R"(,"txid":)" + string(oneOf(strings));
        if (isOneIn(4))
            headers = R"("from":"test",)" + headers;
        QList<QByteArray> members{"\"type\":" + oneOf(m_types), "\"key\":" + oneOf(m_keys),
                                  "\"headers\":{" + headers + '}'};
        if (operation != "delete" || isOneIn(4))
            members.append("\"value\":" + space() + value());
        if (isOneIn(5))
            members.append("\"old_value\":" + value());
        std::shuffle(members.begin(), members.end(), m_random);
        return '{' + space() + members.join(space() + ',' + space()) + '}';
    }

    QRandomGenerator m_random;
    QList<QByteArray> m_types; // as JSON strings
    QList<QByteArray> m_keys; // as JSON strings
};

} // namespace

namespace {

QByteArray jsonString(const QByteArray &utf8)
{
    return JsonText::fromVariant(QString::fromUtf8(utf8)).toByteArray();
}

QByteArray rowsIn(const MaterializedState &state)
{
    QList<QByteArray> types;
    for (const QByteArray &type : state.types()) {
        QList<QByteArray> rows;
        for (const auto &[key, value] : state.rows(type))
            rows.append('[' + jsonString(key) + ',' + value.toByteArray() + ']');
        types.append('[' + jsonString(type) + ",[" + rows.join(',') + "]]");
    }
    return '[' + types.join(',') + ']';
}

enum class Way { Batch, Elements, Values };

void apply(const QList<QByteArray> &events, Way way, MaterializedState *state)
{
    switch (way) {
    case Way::Batch:
        QVERIFY(state->applyBatch('[' + events.join(',') + ']').isOk());
        break;
    case Way::Elements:
        for (const QByteArray &event : events)
            QVERIFY(!state->apply(event));
        break;
    case Way::Values: {
        EventDecoder decoder;
        for (const QByteArray &event : events)
            QVERIFY(state->apply(std::get<ChangeEvent>(decoder.decode(event))));
        break;
    }
    }
}

} // namespace

void tst_ReferenceState::initTestCase()
{
    const QString directory = QStringLiteral(NODE_TESTS_DIRECTORY);
    const QString node = QStandardPaths::findExecutable("node");
    if (node.isEmpty() || !QFileInfo::exists(directory + "/node_modules/@durable-streams/state"))
        QSKIP("NOT TESTED against the reference: it needs Node and `npm ci` in tests/node; scripts/test installs both");
    m_node.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_node.start(node, {directory + "/reference-state.mjs"});
    QVERIFY2(m_node.waitForStarted(), qPrintable(m_node.errorString()));
}

void tst_ReferenceState::cleanupTestCase()
{
    if (m_node.state() == QProcess::NotRunning)
        return;
    m_node.closeWriteChannel();
    QVERIFY(m_node.waitForFinished());
    QCOMPARE(m_node.exitCode(), 0);
}

void tst_ReferenceState::ask(const QList<QByteArray> &events, const MaterializedState &state)
{
    QByteArray line = R"({"events":[)" + events.join(',') + R"(],"rows":)" + rowsIn(state) + '}';
    line.replace('\n', ' '); // white space between tokens; in strings they are escaped
    m_node.write(line + '\n');
}

// To the first question that has none yet.
std::optional<tst_ReferenceState::Rows> tst_ReferenceState::answer()
{
    while (!m_node.canReadLine()) {
        if (!m_node.waitForReadyRead())
            return std::nullopt;
    }
    const QJsonDocument answer = QJsonDocument::fromJson(m_node.readLine());
    return Rows{answer["reference"].toString(), answer["given"].toString()};
}

void tst_ReferenceState::differenceShows()
{
    const QList<QByteArray> events{R"({"type":"t","key":"k","value":[1.0],"headers":{"operation":"insert"}})",
                                   R"({"type":"t","key":"l","value":2,"headers":{"operation":"insert"}})"};
    MaterializedState state;
    apply(events.first(1), Way::Elements, &state);
    ask(events, state);
    const std::optional<Rows> rows = answer();
    QVERIFY2(rows, qPrintable(m_node.errorString()));
    QCOMPARE(rows->reference, R"([["t",[["k",[1]],["l",2]]]])");
    QCOMPARE(rows->given, R"([["t",[["k",[1]]]]])");
}

void tst_ReferenceState::sameRows()
{
    qsizetype eventCount = 0;
    qsizetype rowCount = 0;
    for (quint32 first = 0; first < SequenceCount; first += AskedAtOnce) {
        for (quint32 seed = first; seed < first + AskedAtOnce; ++seed) {
            const QList<QByteArray> events = RandomEvents(seed).sequence();
            MaterializedState state;
            apply(events, Way(seed % 3), &state);
            QVERIFY2(!QTest::currentTestFailed(), qPrintable(QStringLiteral("with the seed %1").arg(seed)));
            ask(events, state);
            eventCount += events.size();
            for (const QByteArray &type : state.types())
                rowCount += state.count(type);
        }
        for (quint32 seed = first; seed < first + AskedAtOnce; ++seed) {
            const std::optional<Rows> rows = answer();
            QVERIFY2(rows, qPrintable(m_node.errorString()));
            if (rows->given != rows->reference)
                qWarning().noquote() << "seed" << seed << "events" << RandomEvents(seed).sequence().join(",\n");
            QCOMPARE(rows->given, rows->reference);
        }
    }
    // The sequences are worth comparing.
    QVERIFY(eventCount > 15 * SequenceCount);
    QVERIFY(rowCount > 2 * SequenceCount);
}

QTEST_GUILESS_MAIN(tst_ReferenceState)
#include "tst_referencestate.moc"
