// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ProgrammeWindow.h"

#include <DurableStreams/Server>

#include <QDateEdit>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QImage>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

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
class tst_Widgets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void guideShowsTheCode();
    void fillsANewStreamOnce();
    void viewsSelectTogether();
    void editFromEachView();
    void choicesAndDates();
    void typedTextSurvivesNews();
    void headerSorts();
    void addAndRemove();
    void offline();
    void picture_data();
    void picture();
    void secondWindowJoins();
    void wrongOptions_data();
    void wrongOptions();

private:
    void serve(quint16 port = 0);

    QTemporaryDir m_runtimeDirectory; // Qt warns where the programs have none
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    QUrl m_url;
};

void tst_Widgets::initTestCase()
{
    qputenv("XDG_RUNTIME_DIR", m_runtimeDirectory.path().toLocal8Bit());
}

void tst_Widgets::init()
{
    m_server.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    serve();
}

void tst_Widgets::serve(quint16 port)
{
    ServerOptions options;
    options.dataDirectory = m_directory->filePath("streams");
    options.port = port;
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
    m_url = QUrl(m_server->url().toString() + "/programme");
}

void tst_Widgets::guideShowsTheCode()
{
    QByteArray code;
    for (const QFileInfo &file : QDir(EXAMPLE_DIRECTORY).entryInfoList({"*.cpp", "*.h"})) {
        QFile source(file.filePath());
        QVERIFY(source.open(QIODevice::ReadOnly));
        code += source.readAll();
    }
    QFile guide(GUIDE_FILE);
    QVERIFY(guide.open(QIODevice::ReadOnly));
    bool isCode = false;
    int shown = 0;
    while (!guide.atEnd()) {
        const QByteArray line = guide.readLine();
        if (line.startsWith("```")) {
            isCode = line.trimmed() == "```cpp";
        } else if (isCode) {
            ++shown;
            QVERIFY2(code.contains(line.trimmed()), line.constData());
        }
    }
    QVERIFY(shown > 10);
}

void tst_Widgets::fillsANewStreamOnce()
{
    const Programme first(m_url);
    QTRY_VERIFY(first.isOpen() && first.isSaved());
    QCOMPARE(first.table()->model()->rowCount(), 8);
    QCOMPARE(first.list()->model()->rowCount(), 8);
    QCOMPARE(first.picker()->count(), 8);
    const Programme second(m_url);
    QTRY_VERIFY(second.isOpen() && second.isSaved());
    QCOMPARE(second.table()->model()->rowCount(), 8);
}

void tst_Widgets::viewsSelectTogether()
{
    const Programme programme(m_url);
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
    Programme programme(m_url);
    const Programme other(m_url);
    QTRY_VERIFY(programme.isOpen() && other.isOpen());
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
    Programme programme(m_url);
    const Programme other(m_url);
    QTRY_VERIFY(programme.isOpen() && other.isOpen());
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
    Programme programme(m_url);
    const Programme other(m_url);
    QTRY_VERIFY(programme.isOpen() && other.isOpen());
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
    const Programme programme(m_url);
    QTRY_VERIFY(programme.isOpen() && programme.isSaved());
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
    const Programme programme(m_url);
    const Programme other(m_url);
    QTRY_VERIFY(programme.isOpen() && other.isOpen());
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
    const Programme programme(m_url);
    QTRY_VERIFY(programme.isOpen() && programme.isSaved());
    QVERIFY(!programme.bar()->isVisible());
    m_server.reset();
    QTRY_VERIFY(programme.bar()->isVisible());
    const QModelIndex cell = programme.cell(0, Programme::Film);
    QVERIFY(programme.table()->model()->setData(cell, "Kept for later"));
    QCOMPARE(cell.data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Pending));
    QTRY_VERIFY(!programme.isSaved());
    serve(quint16(m_url.port()));
    QTest::mouseClick(programme.bar(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!programme.bar()->isVisible() && programme.isSaved(), 20000);
    QCOMPARE(cell.data(RowModel::RowStateRole).toInt(), int(RowModel::RowState::Confirmed));
    const Programme later(m_url);
    QTRY_VERIFY(later.rowOf("Kept for later") >= 0);
}

void tst_Widgets::picture_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QString>("theme");
    QTest::addColumn<bool>("isDark");

    QTest::newRow("phone, light") << QSize(390, 844) << "light" << false;
    QTest::newRow("phone, dark") << QSize(390, 844) << "dark" << true;
    QTest::newRow("desktop, light") << QSize(1400, 900) << "light" << false;
    QTest::newRow("desktop, dark") << QSize(1400, 900) << "dark" << true;
}

void tst_Widgets::picture()
{
    QFETCH(QSize, size);
    QFETCH(QString, theme);
    QFETCH(bool, isDark);
    const QString file = m_directory->filePath("picture.png");
    QProcess program;
    program.start(PROGRAM,
                  {"--data", m_directory->filePath("own"), "--screenshot", file, "--theme", theme, "--size",
                   QString("%1x%2").arg(size.width()).arg(size.height())});
    QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, 30000);
    QCOMPARE(program.readAllStandardError(), "");
    QCOMPARE(program.exitCode(), 0);
    const QImage picture(file);
    QCOMPARE(picture.size(), size);
    QCOMPARE(picture.pixelColor(4, 4).lightness() < 128, isDark);
    // The pill of the hall that the first film is in.
    const QRgb pill = QColor(0xc2456b).rgb();
    int pillPixels = 0;
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x)
            pillPixels += picture.pixel(x, y) == pill;
    }
    QVERIFY2(pillPixels > 300, qPrintable(QString::number(pillPixels)));
}

/* The data folder is in use by the first: the second finds its server. */
void tst_Widgets::secondWindowJoins()
{
    const QStringList data = {"--data", m_directory->filePath("own")};
    QProcess first;
    first.start(PROGRAM, data);
    QVERIFY(first.waitForReadyRead());
    const QByteArray news = first.readLine();
    QVERIFY2(news.startsWith("Join with: widgets --url http://127.0.0.1:"), news.constData());
    QProcess second;
    second.start(PROGRAM, data + QStringList{"--screenshot", m_directory->filePath("picture.png")});
    QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 30000);
    QCOMPARE(second.exitCode(), 0);
    QCOMPARE(second.readLine(), news);
    first.terminate();
    QTRY_COMPARE(first.state(), QProcess::NotRunning);
    QCOMPARE(first.exitCode(), 0);
}

void tst_Widgets::wrongOptions_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");

    QTest::newRow("no URL") << QStringList{"--url", "programme"} << 2;
    QTest::newRow("theme") << QStringList{"--theme", "pink"} << 2;
    QTest::newRow("unknown") << QStringList{"--name", "Ada"} << 2;
    QTest::newRow("data that is no folder")
        << QStringList{"--data", PROGRAM, "--screenshot", QDir::tempPath() + "/never.png"} << 1;
}

void tst_Widgets::wrongOptions()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QProcess program;
    program.start(PROGRAM, arguments);
    QTRY_COMPARE_WITH_TIMEOUT(program.state(), QProcess::NotRunning, 30000);
    QCOMPARE(program.exitCode(), exitCode);
    QVERIFY(program.readAllStandardError().startsWith("widgets: "));
}

QTEST_MAIN(tst_Widgets)

#include "tst_widgets.moc"
