// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleTest.h"
#include "ProgrammeWindow.h"

#include <QDateEdit>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTest>

using namespace DurableStreams;

namespace {

/*! A window of the programme, and what a person sees and does there. */
class Programme
{
public:
    explicit Programme(const QUrl &url)
        : window(url, {})
    {
        window.resize(1200, 760);
        window.show();
    }

    template <typename Widget>
    Widget *named(const QString &name) const
    {
        return window.findChild<Widget *>(name);
    }
    QTableView *table() const { return named<QTableView>("table"); }
    QListView *list() const { return named<QListView>("list"); }
    QComboBox *picker() const { return named<QComboBox>("picker"); }
    QLineEdit *film() const { return named<QLineEdit>("film"); }
    QPushButton *bar() const { return named<QPushButton>("bar"); }
    bool isOpen() const { return rowOf("Salt Roads") >= 0 && rowOf("Night Ferry") >= 0; }
    bool isSaved() const { return named<QLabel>("state")->text() == "All saved"; }
    /* It has shown or filled the stream: what it wrote to fill it comes no more. */
    bool isReady() const { return isOpen() && isSaved(); }

    enum Column { Film, Director, Day, Hall, Minutes };
    QModelIndex cell(int row, Column column) const { return table()->model()->index(row, column); }
    int rowOf(const QString &film) const
    {
        for (int row = 0; row < table()->model()->rowCount(); ++row) {
            if (cell(row, Film).data().toString() == film)
                return row;
        }
        return -1;
    }
    QVariant value(const QString &film, Column column) const { return cell(rowOf(film), column).data(); }
    // The film at hand, as each of the four views has it.
    QStringList shownFilms() const
    {
        return {cell(table()->currentIndex().row(), Film).data().toString(), list()->currentIndex().data().toString(),
                picker()->currentText(), film()->text()};
    }
    bool showsEverywhere(const QString &film) const { return shownFilms() == QStringList{film, film, film, film}; }

    void clickCell(const QString &film, Column column) const
    {
        const QRect place = table()->visualRect(cell(rowOf(film), column));
        QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, place.center());
    }
    // Edits in place in \a view, as a person does with the keyboard.
    void typeInto(QAbstractItemView *view, const QModelIndex &index, const QString &text) const
    {
        view->setCurrentIndex(index);
        view->edit(index);
        auto *editor = view->viewport()->findChild<QLineEdit *>();
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, text);
        QTest::keyClick(editor, Qt::Key_Return);
    }

    ProgrammeWindow window;
};

} // namespace

/*! examples/widgets: its window in this process, and the program as a whole. */
class tst_Widgets : public ExampleTest
{
    Q_OBJECT

public:
    tst_Widgets()
        : ExampleTest("programme")
    {
    }

private Q_SLOTS:
    void guideShowsTheCode();
    void fillsANewStreamOnce();
    void viewsSelectTogether();
    void editFromEachView();
    void choicesAndDates();
    void typedTextSurvivesNews();
    void headerSorts();
    void addAndRemove();
    void offline();

private:
    void checkPicture(const QImage &picture) const override;
};

void tst_Widgets::guideShowsTheCode()
{
    QCOMPARE(lineNotInCode(), "");
}

void tst_Widgets::fillsANewStreamOnce()
{
    const Programme first(url());
    QTRY_VERIFY(first.isReady());
    QCOMPARE(first.table()->model()->rowCount(), 8);
    QCOMPARE(first.list()->model()->rowCount(), 8);
    QCOMPARE(first.picker()->count(), 8);
    const Programme second(url());
    QTRY_VERIFY(second.isReady());
    QCOMPARE(second.table()->model()->rowCount(), 8);
}

void tst_Widgets::viewsSelectTogether()
{
    const Programme programme(url());
    QTRY_VERIFY(programme.isOpen());
    QTRY_VERIFY(programme.showsEverywhere("The Lighthouse Radio"));
    programme.clickCell("Night Ferry", Programme::Day);
    QVERIFY2(programme.showsEverywhere("Night Ferry"), qPrintable(programme.shownFilms().join(", ")));
    programme.list()->setCurrentIndex(programme.list()->model()->index(1, 0));
    QVERIFY2(programme.showsEverywhere("Salt Roads"), qPrintable(programme.shownFilms().join(", ")));
    programme.picker()->setCurrentIndex(programme.picker()->findText("Paper Harbour"));
    QVERIFY2(programme.showsEverywhere("Paper Harbour"), qPrintable(programme.shownFilms().join(", ")));
    QCOMPARE(programme.named<QSpinBox>("minutes")->value(), 110);
    QCOMPARE(programme.named<QComboBox>("hall")->currentText(), "Garden");
}

void tst_Widgets::editFromEachView()
{
    Programme programme(url());
    const Programme other(url());
    QTRY_VERIFY(programme.isReady() && other.isReady());
    programme.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&programme.window));
    programme.typeInto(programme.table(), programme.cell(programme.rowOf("Salt Roads"), Programme::Film), "Table");
    QTRY_VERIFY(programme.showsEverywhere("Table"));
    QTRY_VERIFY(other.rowOf("Table") >= 0);

    programme.typeInto(programme.list(), programme.list()->currentIndex(), "List");
    QTRY_VERIFY(programme.showsEverywhere("List"));
    QTRY_VERIFY(other.rowOf("List") >= 0);

    programme.picker()->lineEdit()->selectAll();
    QTest::keyClicks(programme.picker(), "Picker");
    QTest::keyClick(programme.picker(), Qt::Key_Return);
    QTRY_VERIFY(programme.showsEverywhere("Picker"));
    QTRY_VERIFY(other.rowOf("Picker") >= 0);

    programme.film()->selectAll();
    QTest::keyClicks(programme.film(), "Form");
    QTest::keyClick(programme.film(), Qt::Key_Return);
    QTRY_VERIFY(programme.showsEverywhere("Form"));
    QTRY_VERIFY(other.rowOf("Form") >= 0);
    QTRY_VERIFY(programme.isSaved());
    QCOMPARE(other.table()->model()->rowCount(), 8);
}

void tst_Widgets::choicesAndDates()
{
    Programme programme(url());
    const Programme other(url());
    QTRY_VERIFY(programme.isReady() && other.isReady());
    programme.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&programme.window));
    programme.clickCell("Salt Roads", Programme::Film);
    // A choice counts at once.
    auto *hall = programme.named<QComboBox>("hall");
    QTest::keyClicks(hall, "Gar");
    QTest::keyClick(hall, Qt::Key_Return);
    auto *minutes = programme.named<QSpinBox>("minutes");
    minutes->setFocus();
    minutes->selectAll();
    QTest::keyClicks(minutes, "95");
    auto *day = programme.named<QDateEdit>("day");
    day->setFocus();
    QTRY_COMPARE(other.value("Salt Roads", Programme::Minutes).toInt(), 95);
    day->setDate({2027, 6, 9});
    programme.table()->setFocus();
    QTRY_COMPARE(other.value("Salt Roads", Programme::Day).toDate(), QDate(2027, 6, 9));
    QCOMPARE(other.value("Salt Roads", Programme::Hall).toString(), "Garden");
    QCOMPARE(other.rowOf("Salt Roads"), 7); // the last day

    const QModelIndex cell = programme.cell(0, Programme::Hall);
    programme.table()->setCurrentIndex(cell);
    programme.table()->edit(cell);
    auto *box = programme.table()->viewport()->findChild<QComboBox *>();
    QVERIFY(box);
    QCOMPARE(box->currentText(), "Grand");
    box->setCurrentText("Rooftop");
    QTest::keyClick(box, Qt::Key_Return);
    QTRY_COMPARE(other.cell(0, Programme::Hall).data().toString(), "Rooftop");
}

/* Somebody types while others write. */
void tst_Widgets::typedTextSurvivesNews()
{
    Programme programme(url());
    const Programme other(url());
    QTRY_VERIFY(programme.isReady() && other.isReady());
    programme.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&programme.window));
    programme.clickCell("Salt Roads", Programme::Day);
    programme.film()->setFocus();
    programme.film()->selectAll();
    QTest::keyClicks(programme.film(), "Half a na");
    const QModelIndex theirs = other.cell(other.rowOf("Salt Roads"), Programme::Film);
    QVERIFY(other.table()->model()->setData(theirs.siblingAtColumn(Programme::Minutes), 77));
    QVERIFY(other.table()->model()->setData(theirs, "Salt Ways"));
    QTRY_VERIFY(programme.rowOf("Salt Ways") >= 0);
    QCOMPARE(programme.named<QSpinBox>("minutes")->value(), 77);
    QCOMPARE(programme.film()->text(), "Half a na");
    QTest::keyClick(programme.film(), Qt::Key_Escape);
    QTRY_COMPARE(programme.film()->text(), "Salt Ways");
}

void tst_Widgets::headerSorts()
{
    const Programme programme(url());
    QTRY_VERIFY(programme.isReady());
    programme.clickCell("Night Ferry", Programme::Day);
    const QHeaderView *header = programme.table()->horizontalHeader();
    const auto clickHeader = [&](int column) {
        const QPoint place(header->sectionViewportPosition(column) + 20, header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
    };
    clickHeader(Programme::Minutes);
    QCOMPARE(programme.rowOf("Seven Small Engines"), 0);
    QCOMPARE(programme.list()->model()->index(0, 0).data(), "Seven Small Engines");
    clickHeader(Programme::Minutes);
    QCOMPARE(programme.rowOf("The Orchard in Winter"), 0);
    QVERIFY2(programme.showsEverywhere("Night Ferry"), qPrintable(programme.shownFilms().join(", ")));
}

void tst_Widgets::addAndRemove()
{
    const Programme programme(url());
    const Programme other(url());
    QTRY_VERIFY(programme.isReady() && other.isReady());
    QTest::mouseClick(programme.named<QPushButton>("add"), Qt::LeftButton);
    QVERIFY2(programme.showsEverywhere("New film"), qPrintable(programme.shownFilms().join(", ")));
    auto *editor = programme.table()->viewport()->findChild<QLineEdit *>();
    QVERIFY(editor);
    QTest::keyClicks(editor, "Overture");
    QTest::keyClick(editor, Qt::Key_Return); // counts when the events are through
    QTRY_VERIFY(other.rowOf("Overture") >= 0);
    QTest::mouseClick(programme.named<QPushButton>("remove"), Qt::LeftButton);
    QTRY_COMPARE(other.rowOf("Overture"), -1);
    QCOMPARE(programme.table()->model()->rowCount(), 8);

    for (int i = 0; i < 8; ++i)
        QTest::mouseClick(programme.named<QPushButton>("remove"), Qt::LeftButton);
    QTRY_COMPARE(other.table()->model()->rowCount(), 0);
    QTest::mouseClick(programme.named<QPushButton>("remove"), Qt::LeftButton);
    QVERIFY(!programme.film()->isEnabled());
    QTest::mouseClick(programme.named<QPushButton>("add"), Qt::LeftButton);
    QVERIFY(programme.film()->isEnabled());
    QVERIFY2(programme.showsEverywhere("New film"), qPrintable(programme.shownFilms().join(", ")));
}

void tst_Widgets::offline()
{
    const Programme programme(url());
    QTRY_VERIFY(programme.isReady());
    QVERIFY(!programme.bar()->isVisible());
    stopServing();
    QTRY_VERIFY(programme.bar()->isVisible());
    const QModelIndex cell = programme.cell(0, Programme::Film);
    QVERIFY(programme.table()->model()->setData(cell, "Kept for later"));
    QVERIFY(cell.data(RowModel::RowStateRole).toInt() != int(RowModel::RowState::Confirmed));
    QTRY_VERIFY(!programme.isSaved());
    serve(quint16(url().port()));
    QTest::mouseClick(programme.bar(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!programme.bar()->isVisible() && programme.isSaved(), 20000);
    QCOMPARE(cell.data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Confirmed));
    const Programme later(url());
    QTRY_VERIFY(later.rowOf("Kept for later") >= 0);
}

void tst_Widgets::checkPicture(const QImage &picture) const
{
    const QRgb pill = QColor(0xc2456b).rgb(); // of the hall that the first film is in
    int pillPixels = 0;
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x)
            pillPixels += picture.pixel(x, y) == pill;
    }
    QVERIFY2(pillPixels > 300, qPrintable(QString::number(pillPixels)));
}

QTEST_MAIN(tst_Widgets)

#include "tst_widgets.moc"
