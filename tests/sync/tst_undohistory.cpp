// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/UndoHistory>

#include <QtTest>

#include <map>

using namespace DurableStreams;

namespace {

/* Rows that mutations change at once. */
class Rows
{
public:
    void apply(const QList<Mutation> &mutations)
    {
        for (const Mutation &mutation : mutations)
            m_rows[mutation.key] = mutation.appliedTo(m_rows[mutation.key]);
    }
    QByteArray value(const QByteArray &key) const
    {
        const auto row = m_rows.find(key);
        return row == m_rows.end() ? QByteArray() : row->second.toByteArray();
    }
    UndoHistory::Shown shown() const
    {
        return [this](const RowKey &row) {
            const auto found = m_rows.find(row.key);
            return found == m_rows.end() ? JsonText() : found->second;
        };
    }
    /* Does the mutation, and notes it. */
    void edit(UndoHistory &history, const QByteArray &txid, const Mutation &mutation)
    {
        const RowKey row{mutation.type, mutation.key};
        const JsonText before = shown()(row);
        apply({mutation});
        history.add(txid, {{row, before, shown()(row)}});
    }

private:
    std::map<QByteArray, JsonText> m_rows;
};

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

} // namespace

class tst_UndoHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesBackAndForth();
    void removesFieldsThatWereNotThere();
    void keepsWhatOthersChangedInOtherFields();
    void refusesToLoseWhatOthersChanged_data();
    void refusesToLoseWhatOthersChanged();
    void aNewEditEndsRedo();
    void failedOnesWereNeverDone();
    void keepsTheLastSteps();
};

void tst_UndoHistory::goesBackAndForth()
{
    Rows rows;
    UndoHistory history;
    StreamError error;
    rows.edit(history, "1", insertion("a", R"({"n":1})"));
    rows.edit(history, "2", patch("a", "n", "2"));
    rows.edit(history, "3", removal("a"));
    const QByteArrayList values{"", R"({"n":1})", R"({"n":2})", ""};
    for (int i = 2; i >= 0; --i) {
        rows.apply(*history.undo(rows.shown(), &error));
        history.undone("u" + QByteArray::number(i));
        QCOMPARE(rows.value("a"), values[i]);
    }
    QVERIFY(!history.canUndo());
    for (int i = 1; i <= 3; ++i) {
        rows.apply(*history.redo(rows.shown(), &error));
        history.redone("r" + QByteArray::number(i));
        QCOMPARE(rows.value("a"), values[i]);
    }
    QVERIFY(!history.canRedo());
    QVERIFY(history.canUndo());
}

void tst_UndoHistory::removesFieldsThatWereNotThere()
{
    Rows rows;
    UndoHistory history;
    StreamError error;
    rows.apply({insertion("a", R"({"n":1})")});
    rows.edit(history, "1", patch("a", "m", "2"));
    rows.apply(*history.undo(rows.shown(), &error));
    QCOMPARE(rows.value("a"), QByteArray(R"({"n":1})"));
}

void tst_UndoHistory::keepsWhatOthersChangedInOtherFields()
{
    Rows rows;
    UndoHistory history;
    StreamError error;
    rows.apply({insertion("a", R"({"n":1,"m":1})")});
    rows.edit(history, "1", patch("a", "n", "2"));
    rows.apply({patch("a", "m", "9")});
    rows.apply(*history.undo(rows.shown(), &error));
    QCOMPARE(rows.value("a"), QByteArray(R"({"n":1,"m":9})"));
}

void tst_UndoHistory::refusesToLoseWhatOthersChanged_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("word");
    QTest::newRow("the same field") << 0 << "was changed";
    QTest::newRow("removed") << 1 << "was removed";
    QTest::newRow("an inserted row") << 2 << "was changed";
    QTest::newRow("inserted again") << 3 << "was inserted";
}

void tst_UndoHistory::refusesToLoseWhatOthersChanged()
{
    QFETCH(int, kind);
    QFETCH(QString, word);
    Rows rows;
    UndoHistory history;
    StreamError error;
    if (kind == 2) {
        rows.edit(history, "1", insertion("a", R"({"n":1})"));
        rows.apply({patch("a", "m", "9")});
    } else {
        rows.apply({insertion("a", R"({"n":1})")});
        rows.edit(history, "1", kind == 3 ? removal("a") : patch("a", "n", "2"));
        rows.apply({kind == 0 ? patch("a", "n", "9") : kind == 1 ? removal("a") : insertion("a", R"({"n":5})")});
    }
    const QByteArray before = rows.value("a");
    QVERIFY(!history.undo(rows.shown(), &error));
    QCOMPARE(error.code(), StreamError::Code::Superseded);
    QVERIFY2(error.message().contains(word) && error.message().contains("card \"a\""), qPrintable(error.message()));
    QCOMPARE(rows.value("a"), before);
    history.dropUndo();
    QVERIFY(!history.canUndo());
}

void tst_UndoHistory::aNewEditEndsRedo()
{
    Rows rows;
    UndoHistory history;
    StreamError error;
    rows.edit(history, "1", insertion("a", "1"));
    rows.apply(*history.undo(rows.shown(), &error));
    history.undone("u");
    QVERIFY(history.canRedo());
    rows.edit(history, "2", insertion("b", "1"));
    QVERIFY(!history.canRedo());
}

void tst_UndoHistory::failedOnesWereNeverDone()
{
    Rows rows;
    UndoHistory history;
    rows.edit(history, "1", insertion("a", "1"));
    rows.edit(history, "2", insertion("b", "1"));
    history.takeBack("1");
    history.undone("u");
    QVERIFY(!history.canUndo());
    QVERIFY(history.canRedo());
    history.takeBack("u"); // so the step is still there to be taken back
    QVERIFY(history.canUndo());
    QVERIFY(!history.canRedo());
    history.undone("u2");
    history.redone("r");
    history.takeBack("r");
    QVERIFY(history.canRedo());
    QVERIFY(!history.canUndo());
    history.takeBack("unknown");
}

void tst_UndoHistory::keepsTheLastSteps()
{
    UndoHistory history;
    for (int i = 0; i < UndoHistory::Kept + 5; ++i)
        history.add(QByteArray::number(i), {});
    int count = 0;
    for (; history.canUndo(); ++count)
        history.dropUndo();
    QCOMPARE(count, int(UndoHistory::Kept));
}

QTEST_APPLESS_MAIN(tst_UndoHistory)
#include "tst_undohistory.moc"
