// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/EventDecoder>
#include <DurableStreams/JsonArraySplitter>

#include <QTest>

#include <algorithm>
#include <random>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

struct Outcome
{
    QList<QByteArray> elements;
    QString error;
    bool isBetweenArrays = false;

    bool operator==(const Outcome &) const = default;
};

Outcome outcomeOf(const QList<QByteArray> &pieces)
{
    JsonArraySplitter splitter;
    Outcome outcome;
    for (const QByteArray &piece : pieces) {
        if (!splitter.feed(piece, [&](QByteArrayView element) { outcome.elements.append(element.toByteArray()); }))
            break;
    }
    outcome.error = splitter.errorString();
    outcome.isBetweenArrays = splitter.isBetweenArrays();
    return outcome;
}

QList<QByteArray> piecesOf(const QByteArray &text, qsizetype size)
{
    QList<QByteArray> pieces;
    for (qsizetype at = 0; at < text.size(); at += size)
        pieces.append(text.mid(at, size));
    return pieces;
}

} // namespace

class tst_JsonArraySplitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splits_data();
    void splits();
    void refuses_data();
    void refuses();
    void everyCut();
    void everyPairOfCuts();
    void randomCuts();
    void doesNotCopy();
    void deliversWhatCameBeforeTheFault();
    void staysAtFaultUntilReset();
    void emptyPieces();
    void largeElement();
    void deepElement();
    void boundsAnElement();
    void unframedIsNotJudged();
};

void tst_JsonArraySplitter::splits_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QList<QByteArray>>("elements");
    QTest::addColumn<bool>("isBetweenArrays");
    const auto row = [](const char *name, const QByteArray &text, const QList<QByteArray> &elements,
                        bool isBetweenArrays = true) { QTest::newRow(name) << text << elements << isBetweenArrays; };
    row("nothing", "", {});
    row("white space", " \r\n\t", {});
    row("empty array", "[]", {});
    row("empty array with space", " [ \n ] ", {});
    row("one", "[1]", {"1"});
    row("scalars", R"([1,-2.5e3,true,false,null,"text"])", {"1", "-2.5e3", "true", "false", "null", "\"text\""});
    row("containers", R"([{},[],{"a":[1,{"b":2}]},[[1],[2]]])", {"{}", "[]", R"({"a":[1,{"b":2}]})", "[[1],[2]]"});
    row("space is taken off", "[ 1 ,\n{ \"a\" : 1 }\t, [ 2 , 3 ] ]", {"1", "{ \"a\" : 1 }", "[ 2 , 3 ]"});
    row("brackets and commas in strings", R"(["a,b","]","[{",{"}":"],["}])",
        {R"("a,b")", R"("]")", R"("[{")", R"({"}":"],["})"});
    row("escapes in strings", R"(["\"","\\","\\\",",{"\"]":"\\"}])",
        {R"("\"")", R"("\\")", R"("\\\",")", R"({"\"]":"\\"})"});
    row("empty strings", R"(["","",{"":""}])", {"\"\"", "\"\"", R"({"":""})"});
    row("several arrays", "[1,2][3]\n[]  [4]", {"1", "2", "3", "4"});
    row("empty arrays", "[][] []", {});
    row("byte order marks", "\xEF\xBB\xBF[1] \xEF\xBB\xBF [2]", {"1", "2"});
    row("unfinished array", "[1,2", {"1"}, false);
    row("unfinished string", R"([1,"2])", {"1"}, false);
    row("unfinished element", R"([1,{"a":[2])", {"1"}, false);
    row("unfinished byte order mark", "\xEF\xBB", {}, false);
    row("open behind a comma", "[1,", {"1"}, false);
    row("strings longer than a block", R"([")" + QByteArray(63, 'a') + R"(\"],[","b"])",
        {"\"" + QByteArray(63, 'a') + R"(\"],[")", "\"b\""});
    row("arrays within a block of text", R"([1]["a]"]["\\"][[2,3]])", {"1", R"("a]")", R"("\\")", "[2,3]"});
    row("quotes behind the array", R"([1] ["a"])", {"1", "\"a\""});
}

void tst_JsonArraySplitter::splits()
{
    QFETCH(QByteArray, text);
    QFETCH(QList<QByteArray>, elements);
    QFETCH(bool, isBetweenArrays);
    const Outcome expected{elements, {}, isBetweenArrays};
    QVERIFY(outcomeOf({text}) == expected);
    for (qsizetype size : {1, 2, 3, 7, 63, 64, 65})
        QVERIFY(outcomeOf(piecesOf(text, size)) == expected);
    for (qsizetype cut = 1; cut < text.size(); ++cut)
        QVERIFY(outcomeOf({text.first(cut), text.sliced(cut)}) == expected);
}

void tst_JsonArraySplitter::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QList<QByteArray>>("elements");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const QByteArray &text, const QList<QByteArray> &elements,
                        const QString &error) { QTest::newRow(name) << text << elements << error; };
    row("object", R"({"a":1})", {}, u"an array was expected at byte 0"_s);
    row("scalar", "  1", {}, u"an array was expected at byte 2"_s);
    row("text", "Not found", {}, u"an array was expected at byte 0"_s);
    row("NUL", QByteArray(1, '\0'), {}, u"an array was expected at byte 0"_s);
    row("form feed", "\f[1]", {}, u"an array was expected at byte 0"_s);
    row("garbage between arrays", "[1] x [2]", {"1"}, u"an array was expected at byte 4"_s);
    row("comma between arrays", "[1],[2]", {"1"}, u"an array was expected at byte 3"_s);
    row("bracket too many", "[1]]", {"1"}, u"an array was expected at byte 3"_s);
    row("cut byte order mark", "\xEF\xBB[1]", {}, u"an array was expected at byte 2"_s);
    row("other character that begins like the mark", "\xEF\xBB\xBE[1]", {}, u"an array was expected at byte 2"_s);
    row("doubled comma", "[1,,2]", {"1"}, u"an element was expected at byte 3"_s);
    row("doubled comma with space", "[1, ,2]", {"1"}, u"an element was expected at byte 4"_s);
    row("leading comma", "[,1]", {}, u"an element was expected at byte 1"_s);
    row("trailing comma", "[1,]", {"1"}, u"an element was expected at byte 3"_s);
    row("trailing comma and space", "[1, \n]", {"1"}, u"an element was expected at byte 5"_s);
    row("comma alone", "[,]", {}, u"an element was expected at byte 1"_s);
    row("array closed by a brace", "[1}", {}, u"']' was expected, not '}' at byte 2"_s);
    row("object closed by a bracket", R"([{"a":1])", {}, u"'}' was expected, not ']' at byte 7"_s);
    row("mismatch deep inside", R"([1,{"a":[{"b":2]}]}])", {"1"}, u"'}' was expected, not ']' at byte 15"_s);
    row("far away", "[" + QByteArray("\"0123456789\",").repeated(20) + "]", QList<QByteArray>(20, "\"0123456789\""),
        u"an element was expected at byte 261"_s);
}

void tst_JsonArraySplitter::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QList<QByteArray>, elements);
    QFETCH(QString, error);
    const Outcome expected{elements, error, false};
    QCOMPARE(outcomeOf({text}).error, error);
    QVERIFY(outcomeOf({text}) == expected);
    for (qsizetype size : {1, 2, 3, 64})
        QVERIFY(outcomeOf(piecesOf(text, size)) == expected);
}

namespace {

QByteArray nastyText()
{
    return "\xEF\xBB\xBF [ {\"type\":\"a\\\"b\",\"n\":[1,[2,{}],\"]},{[\"]} ,\t\"\\\\\\\"\",\r\n-1.5e3,null , [ ] "
           ",{\"\\\\\":\"\\\\\"},"
           "\"\xF0\x9F\x98\x80\\ud83d\" ]\n[] [\"\",[[]],{\"k\":\""
        + QByteArray(70, 'v') + "\\\"\"}]\n";
}

} // namespace

void tst_JsonArraySplitter::everyCut()
{
    const QByteArray text = nastyText();
    const Outcome whole = outcomeOf({text});
    QCOMPARE(whole.error, QString());
    QCOMPARE(whole.elements.size(), 10);
    QVERIFY(whole.isBetweenArrays);
    for (qsizetype cut = 0; cut <= text.size(); ++cut)
        QVERIFY2(outcomeOf({text.first(cut), text.sliced(cut)}) == whole, QByteArray::number(cut).constData());
    for (qsizetype size = 1; size <= text.size(); ++size)
        QVERIFY2(outcomeOf(piecesOf(text, size)) == whole, QByteArray::number(size).constData());
}

void tst_JsonArraySplitter::everyPairOfCuts()
{
    const QByteArray text = nastyText();
    const Outcome whole = outcomeOf({text});
    for (qsizetype first = 0; first < text.size(); ++first) {
        for (qsizetype second = first; second < text.size(); ++second) {
            const QList<QByteArray> pieces{text.first(first), text.sliced(first, second - first), text.sliced(second)};
            QVERIFY2(outcomeOf(pieces) == whole, QByteArray::number(first) + ' ' + QByteArray::number(second));
        }
    }
}

// Whatever the bytes are, the cuts do not matter; whole elements of a valid text are those that went in.
void tst_JsonArraySplitter::randomCuts()
{
    std::mt19937 random(20260304);
    const QByteArray alphabet = R"([[]]{{}},,,"""\\ ab1)";
    for (int round = 0; round < 20000; ++round) {
        QByteArray text("[");
        for (auto size = random() % 200; size > 0; --size)
            text += alphabet[qsizetype(random() % std::size_t(alphabet.size()))];
        QList<QByteArray> pieces;
        for (qsizetype at = 0; at < text.size();) {
            pieces.append(text.mid(at, qsizetype(random() % 90)));
            at += pieces.last().size();
        }
        QVERIFY2(outcomeOf(pieces) == outcomeOf({text}), text.constData());
        QVERIFY2(outcomeOf(piecesOf(text, 1)) == outcomeOf({text}), text.constData());
    }
}

void tst_JsonArraySplitter::doesNotCopy()
{
    const QByteArray text = R"([{"a":1},"b",[2],)";
    JsonArraySplitter splitter;
    int inPlace = 0;
    QVERIFY(splitter.feed(text, [&](QByteArrayView element) {
        inPlace += element.data() >= text.data() && element.data() + element.size() <= text.data() + text.size();
    }));
    QCOMPARE(inPlace, 3);
}

void tst_JsonArraySplitter::deliversWhatCameBeforeTheFault()
{
    const Outcome outcome = outcomeOf({R"([{"a":1},"b", ,3])"});
    QCOMPARE(outcome.elements, (QList<QByteArray>{R"({"a":1})", "\"b\""}));
    QCOMPARE(outcome.error, u"an element was expected at byte 14"_s);
}

void tst_JsonArraySplitter::staysAtFaultUntilReset()
{
    JsonArraySplitter splitter;
    int count = 0;
    const auto counting = [&](QByteArrayView) { ++count; };
    QVERIFY(splitter.feed("[1,\"unfinished", counting));
    splitter.reset();
    QVERIFY(splitter.isBetweenArrays());
    QVERIFY(splitter.feed("[2]", counting));
    QCOMPARE(count, 2);
    QVERIFY(!splitter.feed("x", counting));
    QCOMPARE(splitter.errorString(), u"an array was expected at byte 3"_s);
    QVERIFY(!splitter.feed("[3]", counting));
    QVERIFY(!splitter.isBetweenArrays());
    QCOMPARE(count, 2);
    splitter.reset();
    QVERIFY(splitter.errorString().isEmpty());
    QVERIFY(splitter.feed("[3]", counting));
    QCOMPARE(count, 3);
}

void tst_JsonArraySplitter::emptyPieces()
{
    QVERIFY(outcomeOf({"", "[", "", "1", QByteArray(), ",", "\"\\", "", "\"\"", "]", ""})
            == (Outcome{{"1", R"("\"")"}, {}, true}));
}

// Its time grows with its bytes alone: were each piece to look at all before it, this would not end.
void tst_JsonArraySplitter::largeElement()
{
    const QByteArray element = R"({"text":")" + QByteArray(R"(0123456789\"[]{},)").repeated(200000) + R"("})";
    for (qsizetype size : {7, 1000, 65536, 100000000}) {
        const Outcome outcome = outcomeOf(piecesOf("[" + element + "," + element + "]", size));
        QCOMPARE(outcome.error, QString());
        QCOMPARE(outcome.elements.size(), 2);
        QVERIFY(outcome.elements[0] == element && outcome.elements[1] == element);
    }
}

void tst_JsonArraySplitter::deepElement()
{
    const QByteArray element = QByteArray(300000, '[') + QByteArray(300000, ']');
    const Outcome outcome = outcomeOf(piecesOf("[" + element + "]", 1000));
    QCOMPARE(outcome.error, QString());
    QCOMPARE(outcome.elements, QList<QByteArray>{element});
}

void tst_JsonArraySplitter::boundsAnElement()
{
    const QByteArray piece(qsizetype(16) << 20, 'x');
    JsonArraySplitter splitter;
    const auto ignored = [](QByteArrayView) { };
    QVERIFY(splitter.feed("[\"", ignored));
    int pieces = 0;
    while (pieces < 20 && splitter.feed(piece, ignored))
        ++pieces;
    QCOMPARE(pieces, 15);
    QVERIFY2(splitter.errorString().startsWith(u"an element is larger than 268435456 bytes at byte "_s),
             qPrintable(splitter.errorString()));
}

// Elements that are no JSON are the decoder's to judge, and it gets them as they are.
void tst_JsonArraySplitter::unframedIsNotJudged()
{
    const Outcome outcome = outcomeOf({R"([tru,1 2,{"a"},\"x",[1:2],{]},)"});
    QCOMPARE(outcome.elements, (QList<QByteArray>{"tru", "1 2", R"({"a"})", R"(\"x")", "[1:2]"}));
    QCOMPARE(outcome.error, u"'}' was expected, not ']' at byte 27"_s);
    QCOMPARE(outcomeOf({"[\f1\v]"}).elements, QList<QByteArray>{"\f1\v"});
    EventDecoder decoder;
    for (const QByteArray &element : outcome.elements)
        QVERIFY(std::holds_alternative<QuarantinedEvent>(decoder.decode(element)));
}

QTEST_APPLESS_MAIN(tst_JsonArraySplitter)
#include "tst_jsonarraysplitter.moc"
