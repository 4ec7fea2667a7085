// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonCases.h"
#include "state/JsonScanner_p.h"

#include <DurableStreams/EventDecoder>
#include <DurableStreams/JsonText>

#include <QStringDecoder>
#include <QTest>

#include <simdjson.h>

#include <cstring>
#include <random>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

// RFC 8259 by recursive descent, byte by byte: slow, and plain enough to be believed.
class Grammar
{
public:
    static bool accepts(const QByteArray &text)
    {
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString decoded = decoder(text);
        Grammar grammar{text};
        return !decoder.hasError() && grammar.value(0) && grammar.isAtEnd();
    }

private:
    explicit Grammar(const QByteArray &text)
        : m_text(text)
    {
    }

    char head() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool isAtEnd() const { return m_at == m_text.size(); }

    bool take(char c)
    {
        if (isAtEnd() || head() != c)
            return false;
        ++m_at;
        return true;
    }

    void space()
    {
        while (!isAtEnd() && std::strchr(" \t\r\n", head()) && head() != '\0')
            ++m_at;
    }

    bool word(const char *text)
    {
        for (; *text; ++text) {
            if (!take(*text))
                return false;
        }
        return true;
    }

    bool isDigit() const { return head() >= '0' && head() <= '9'; }

    bool digits()
    {
        const qsizetype begin = m_at;
        while (isDigit())
            ++m_at;
        return m_at > begin;
    }

    bool number()
    {
        take('-');
        if (!take('0') && !digits())
            return false;
        if (take('.') && !digits())
            return false;
        if (take('e') || take('E')) {
            if (!take('+'))
                take('-');
            return digits();
        }
        return true;
    }

    bool hexDigits()
    {
        for (int i = 0; i < 4; ++i, ++m_at) {
            if (isAtEnd() || !QByteArray("0123456789abcdefABCDEF").contains(head()))
                return false;
        }
        return true;
    }

    bool string()
    {
        if (!take('"'))
            return false;
        while (!isAtEnd() && head() != '"') {
            if (uchar(head()) < 0x20)
                return false;
            if (!take('\\')) {
                ++m_at;
            } else if (take('u')) {
                if (!hexDigits())
                    return false;
            } else {
                if (isAtEnd() || !QByteArray("\"\\/bfnrt").contains(head()))
                    return false;
                ++m_at;
            }
        }
        return take('"');
    }

    bool member(int depth)
    {
        space();
        if (!string())
            return false;
        space();
        return take(':') && value(depth);
    }

    template <typename Part>
    bool sequence(char open, char close, Part part)
    {
        take(open);
        space();
        if (take(close))
            return true;
        do {
            if (!part())
                return false;
        } while (take(','));
        return take(close);
    }

    bool value(int depth)
    {
        if (depth > JsonScanner::maxDepth)
            return false;
        space();
        const bool isValid = bareValue(depth);
        space();
        return isValid;
    }

    bool bareValue(int depth)
    {
        switch (head()) {
        case '{':
            return depth < JsonScanner::maxDepth && sequence('{', '}', [&] { return member(depth + 1); });
        case '[':
            return depth < JsonScanner::maxDepth && sequence('[', ']', [&] { return value(depth + 1); });
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        default:
            return number();
        }
    }

    QByteArray m_text;
    qsizetype m_at = 0;
};

QByteArray randomlyChanged(QByteArray text, std::mt19937 &random)
{
    static const QByteArray alphabet("{}[]:,\"\\ \n\t0123456789-+.eEtrufalsn/bx\x01\x1F\x80\xC3\xA9\xED\xFF");
    const auto below = [&](qsizetype limit) { return qsizetype(random() % std::size_t(limit)); };
    for (qsizetype changes = 1 + below(3); changes > 0 && !text.isEmpty(); --changes) {
        const qsizetype place = below(text.size());
        switch (below(4)) {
        case 0:
            text[place] = alphabet[below(alphabet.size())];
            break;
        case 1:
            text.insert(place, alphabet[below(alphabet.size())]);
            break;
        case 2:
            text.remove(place, 1 + below(3));
            break;
        default:
            text.insert(place, text.mid(below(text.size()), below(12)));
        }
    }
    return text;
}

} // namespace

class tst_JsonVerdicts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void verdict_data();
    void verdict();
    void everyImplementation();
    void depth();
    void reason_data();
    void reason();
    void memoryIsReused();
    void randomChanges();
};

void tst_JsonVerdicts::initTestCase()
{
    for (const JsonCase &c : jsonCases() + jsonCasesAlone() + jsonCasesNotUtf8())
        QVERIFY2(Grammar::accepts(c.text) == c.isValid, c.name);
}

void tst_JsonVerdicts::verdict_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isValid");
    for (const JsonCase &c : jsonCases()) {
        const QByteArray name(c.name);
        QTest::newRow(name.constData()) << c.text << c.isValid;
        QTest::newRow((name + ", in an array").constData()) << "[" + c.text + "]" << c.isValid;
        QTest::newRow((name + ", behind an element").constData()) << "[0," + c.text + ",0]" << c.isValid;
        QTest::newRow((name + ", as a member").constData()) << R"({"a":)" + c.text + "}" << c.isValid;
        QTest::newRow((name + ", deep inside").constData()) << R"({"a":[{"b":)" + c.text + R"(}],"c":0})" << c.isValid;
        QTest::newRow((name + ", in a text of many blocks").constData())
            << "[\"" + QByteArray(117, 'x') + "\"," + c.text + ",\"" + QByteArray(130, 'y') + "\"]" << c.isValid;
    }
    for (const JsonCase &c : jsonCasesAlone() + jsonCasesNotUtf8())
        QTest::newRow(c.name) << c.text << c.isValid;
}

void tst_JsonVerdicts::verdict()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isValid);

    QString error;
    const std::optional<JsonText> json = JsonText::fromJson(text, &error);
    QCOMPARE(json.has_value(), isValid);
    QCOMPARE(error.isEmpty(), isValid);
    if (json)
        QCOMPARE(json->toByteArray(), text.trimmed());

    EventDecoder decoder;
    const QByteArray event = R"({"value":)" + text + R"(,"key":"k","type":"t","headers":{"operation":"upsert"}})";
    const Event decoded = decoder.decode(event);
    QCOMPARE(std::holds_alternative<ChangeEvent>(decoded), isValid);
    if (isValid)
        QCOMPARE(std::get<ChangeEvent>(decoded).value.toByteArray(), text.trimmed());
}

// The first stage is chosen by processor: each one has to find the same.
void tst_JsonVerdicts::everyImplementation()
{
    const auto *const usual = simdjson::get_active_implementation().operator->();
    for (const simdjson::implementation *implementation : simdjson::get_available_implementations()) {
        if (!implementation->supported_by_runtime_system())
            continue;
        simdjson::get_active_implementation() = implementation;
        JsonScanner scanner;
        for (const JsonCase &c : jsonCases() + jsonCasesAlone() + jsonCasesNotUtf8()) {
            for (const QByteArray &text : {c.text, R"({"a":[)" + c.text + "]}"}) {
                const bool isValid = scanner.start(text) && !scanner.checkValue().isNull() && scanner.checkEnd();
                QVERIFY2(
                    isValid == Grammar::accepts(text),
                    qPrintable(QString::fromStdString(implementation->name()) + u": "_s + QLatin1StringView(c.name)));
            }
        }
    }
    simdjson::get_active_implementation() = usual;
}

void tst_JsonVerdicts::depth()
{
    const auto nested = [](int levels) { return QByteArray(levels, '[') + QByteArray(levels, ']'); };
    const auto nestedObjects = [](int levels) {
        return QByteArray(R"({"a":)").repeated(levels) + '1' + QByteArray(levels, '}');
    };
    QVERIFY(JsonText::fromJson(nested(1024)));
    QVERIFY(!JsonText::fromJson(nested(1025)));
    QVERIFY(JsonText::fromJson(nestedObjects(1024)));
    QString error;
    QVERIFY(!JsonText::fromJson(nestedObjects(1025), &error));
    QVERIFY2(error.contains(u"1024 levels"_s), qPrintable(error));
    QVERIFY(!JsonText::fromJson(QByteArray(1000000, '[')));

    EventDecoder decoder;
    const auto decodes = [&](const QByteArray &value) {
        return std::holds_alternative<ChangeEvent>(
            decoder.decode(R"({"type":"t","key":"k","value":)" + value + R"(,"headers":{"operation":"insert"}})"));
    };
    QVERIFY(decodes(nested(1024)));
    QVERIFY(!decodes(nested(1025)));
}

void tst_JsonVerdicts::reason_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("reason");
    QTest::newRow("literal") << QByteArray(R"({"a":tru})") << u"a value was expected at byte 5"_s;
    QTest::newRow("comma") << QByteArray("[1,,2]") << u"a value was expected at byte 3"_s;
    QTest::newRow("no comma") << QByteArray("[1}")
                              << u"a comma or the end of the array or object was expected at byte 2"_s;
    QTest::newRow("name") << QByteArray("{1:2}") << u"a member's name was expected at byte 1"_s;
    QTest::newRow("colon") << QByteArray(R"({"a" 1})") << u"a colon was expected at byte 5"_s;
    QTest::newRow("end") << QByteArray("[1") << u"a comma or the end of the array or object was expected at byte 2"_s;
    QTest::newRow("trailing") << QByteArray("{} 1") << u"something follows the value at byte 3"_s;
    QTest::newRow("escape") << QByteArray(R"(["a\x41"])")
                            << u"a string holds an escape that JSON does not know at byte 3"_s;
    QTest::newRow("UTF-8") << QByteArray("\"\xFF\"") << u"the text is not UTF-8"_s;
    QTest::newRow("control character") << QByteArray("\"\n\"")
                                       << u"a string holds a control character that is not escaped"_s;
    QTest::newRow("string") << QByteArray("\"a") << u"a string does not end"_s;
    QTest::newRow("nothing") << QByteArray(" ") << u"there is no value"_s;
}

void tst_JsonVerdicts::reason()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, reason);
    QString error;
    QVERIFY(!JsonText::fromJson(text, &error));
    QCOMPARE(error, reason);
}

// A large text between small ones, and the other way round.
void tst_JsonVerdicts::memoryIsReused()
{
    JsonScanner scanner;
    for (const qsizetype size : {1, 5000, 3000000, 10, 70000, 2000000, 64, 4096, 4097}) {
        const QByteArray text = "[\"" + QByteArray(size, 'x') + "\"]";
        QVERIFY(scanner.start(text));
        QCOMPARE(scanner.checkValue().size(), text.size());
        QVERIFY(scanner.checkEnd());
    }
}

void tst_JsonVerdicts::randomChanges()
{
    const QByteArray sample =
        R"({"type":"card","key":"c-1","value":{"title":"Fix \"it\" \u00e9","n":[1,-2.5e3,0,true,null],)"
        R"("deep":{"a":[{}, []]}},"headers":{"operation":"insert","txid":"t1"}})";
    std::mt19937 random(20260304);
    EventDecoder decoder;
    int valid = 0;
    for (int round = 0; round < 30000; ++round) {
        const QByteArray text = randomlyChanged(sample, random);
        const bool isValid = Grammar::accepts(text);
        const std::optional<JsonText> json = JsonText::fromJson(text);
        QVERIFY2(json.has_value() == isValid, text.toPercentEncoding().constData());

        const Event decoded = decoder.decode(text);
        if (const auto *change = std::get_if<ChangeEvent>(&decoded)) {
            QVERIFY2(isValid, text.toPercentEncoding().constData());
            const Event again = decoder.decode(change->toJson());
            QVERIFY2(std::holds_alternative<ChangeEvent>(again), change->toJson().toPercentEncoding().constData());
            QCOMPARE(std::get<ChangeEvent>(again).value, change->value);
            QCOMPARE(std::get<ChangeEvent>(again).key, change->key);
        } else if (!isValid) {
            const QString reason = std::get<QuarantinedEvent>(decoded).reason;
            QVERIFY2(reason.startsWith(u"not valid JSON"_s), qPrintable(reason));
        }
        if (json) {
            ++valid;
            const JsonText written = JsonText::fromVariant(json->toVariant());
            QVERIFY2(JsonText::fromJson(written.view()), text.toPercentEncoding().constData());
        }
    }
    QVERIFY(valid > 1000);
}

QTEST_APPLESS_MAIN(tst_JsonVerdicts)
#include "tst_jsonverdicts.moc"
