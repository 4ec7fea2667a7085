// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleWindow.h"

#include <DurableStreams/Server>

#include <QDir>
#include <QImage>
#include <QProcess>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace DurableStreams;

/*! examples/cart: its window in this process, and the program as a whole. */
class tst_Cart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void guideShowsTheFile();
    void fillsANewStreamOnce();
    void pressesAtTheSameTime();
    void linesAndTotal();
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

namespace {

// A tile of the shelf, or a line of the cart.
bool isProduct(QQuickItem *item, bool inCart)
{
    const auto *row = item->property("model").value<QObject *>();
    return row && row->property("price").isValid() && item->property("amount").isValid() == inCart;
}

/*! A window of the shop, and what a person sees and does there. */
class Shop : public ExampleWindow
{
public:
    explicit Shop(const QUrl &url)
        : ExampleWindow(EXAMPLE_DIRECTORY "/Main.qml", url, {{"height", 900}})
    {
    }

    // The tile or the cart line of a product.
    QQuickItem *place(const QString &product, bool inCart) const
    {
        const auto isName = hasText(product);
        return find([&](QQuickItem *item) { return isProduct(item, inCart) && find(isName, item); });
    }
    QQuickItem *tile(const QString &product) const { return place(product, false); }
    QQuickItem *line(const QString &product) const { return place(product, true); }

    // A tile's only button adds one more.
    QQuickItem *addButton(const QString &product) const
    {
        return find([](QQuickItem *item) { return item->inherits("QQuickRoundButton"); }, tile(product));
    }
    QQuickItem *lineButton(const QString &product, const QString &sign) const
    {
        QQuickItem *const item = line(product);
        return item ? find(hasText(sign), item) : nullptr;
    }
    void add(const QString &product) const { click(addButton(product)); }
    void press(const QString &product, const QString &sign) const { click(lineButton(product, sign)); }
    bool shows(const QString &product, int count, int amount) const
    {
        QQuickItem *const item = line(product);
        return item && find(hasText(QString::number(count)), item)
            && find(hasText("€" + QString::number(amount)), item);
    }
    QString total() const
    {
        const QQuickItem *label = find([](QQuickItem *item) { return item->property("all").isValid(); });
        return label ? label->property("text").toString() : QString();
    }
    bool isSaved() const { return !find(hasText("Saving…")); }
    // The dots of a line, hollow while the piece is not in the stream.
    int hollowDots(const QString &product) const
    {
        return int(findAll(
                       [](QQuickItem *item) {
                           return item->property("rowState").isValid()
                               && item->property("color").value<QColor>().alpha() == 0;
                       },
                       line(product))
                       .size());
    }
    QQuickItem *banner() const
    {
        auto *header = window()->property("header").value<QQuickItem *>();
        return header->isVisible() ? header : nullptr;
    }
    bool isOpen() const { return window() && tile("Dawn") && tile("Dune") && tile("Fjord"); }
};

// Neither window hears of the other's press before its own.
void pressBoth(QQuickItem *button, QQuickItem *otherButton)
{
    QVERIFY(button && otherButton);
    QVERIFY(QMetaObject::invokeMethod(button, "clicked") && QMetaObject::invokeMethod(otherButton, "clicked"));
}

} // namespace

void tst_Cart::initTestCase()
{
    qputenv("XDG_RUNTIME_DIR", m_runtimeDirectory.path().toLocal8Bit());
}

void tst_Cart::init()
{
    m_server.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    serve();
}

void tst_Cart::serve(quint16 port)
{
    ServerOptions options;
    options.dataDirectory = m_directory->filePath("streams");
    options.port = port;
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
    m_url = QUrl(m_server->url().toString() + "/shop");
}

void tst_Cart::guideShowsTheFile()
{
    QCOMPARE(lineNotIn(EXAMPLE_DIRECTORY "/Main.qml", GUIDE_FILE), "");
}

void tst_Cart::fillsANewStreamOnce()
{
    const Shop first(m_url);
    QTRY_VERIFY(first.isOpen());
    QTRY_VERIFY(first.isSaved());
    const auto tiles = [](QQuickItem *item) { return isProduct(item, false); };
    QCOMPARE(first.findAll(tiles).size(), 6);
    const Shop second(m_url);
    QTRY_VERIFY(second.isOpen());
    QCOMPARE(second.findAll(tiles).size(), 6);
}

void tst_Cart::pressesAtTheSameTime()
{
    const Shop one(m_url);
    const Shop other(m_url);
    QTRY_VERIFY(one.isOpen() && other.isOpen());
    for (int i = 0; i < 3; ++i)
        pressBoth(one.addButton("Dune"), other.addButton("Dune"));
    QTRY_VERIFY(one.shows("Dune", 6, 192));
    QTRY_VERIFY(other.shows("Dune", 6, 192));
    pressBoth(one.lineButton("Dune", "−"), other.lineButton("Dune", "−"));
    QTRY_VERIFY(one.isSaved() && other.isSaved());
    QTRY_VERIFY(one.shows("Dune", 4, 128));
    QTRY_VERIFY(other.shows("Dune", 4, 128));
    pressBoth(one.lineButton("Dune", "×"), other.addButton("Dune"));
    QTRY_VERIFY(one.shows("Dune", 1, 32));
    QTRY_VERIFY(other.shows("Dune", 1, 32));
    pressBoth(one.lineButton("Dune", "−"), other.lineButton("Dune", "−")); // of the same piece
    QTRY_VERIFY(!one.line("Dune") && !other.line("Dune"));
    QTRY_VERIFY(one.isSaved() && other.isSaved());
    QVERIFY(!one.banner() && !other.banner());
    one.add("Dune");
    QTRY_VERIFY(other.shows("Dune", 1, 32));
}

void tst_Cart::linesAndTotal()
{
    const Shop shop(m_url);
    QTRY_VERIFY(shop.isOpen());
    QVERIFY(shop.find(ExampleWindow::hasText("Nothing in it yet. What you add shows in every window.")));
    QCOMPARE(shop.total(), "€0");
    shop.add("Dawn");
    shop.add("Fjord");
    QVERIFY(shop.shows("Dawn", 1, 24));
    QVERIFY(shop.shows("Fjord", 1, 28));
    QCOMPARE(shop.total(), "€52");
    shop.press("Fjord", "+");
    shop.press("Fjord", "+");
    QVERIFY(shop.shows("Fjord", 3, 84));
    QCOMPARE(shop.total(), "€108");
    shop.press("Fjord", "−");
    QCOMPARE(shop.total(), "€80");
    shop.press("Fjord", "×");
    QVERIFY(!shop.line("Fjord"));
    QCOMPARE(shop.total(), "€24");
    shop.press("Dawn", "−");
    QVERIFY(!shop.line("Dawn"));
    QCOMPARE(shop.total(), "€0");
    shop.add("Dune");
    shop.add("Dawn");
    shop.click(shop.find(ExampleWindow::hasText("Clear")));
    QCOMPARE(shop.total(), "€0");
    QTRY_VERIFY(shop.isSaved());
    const Shop later(m_url);
    QTRY_VERIFY(later.isOpen());
    QCOMPARE(later.total(), "€0");
}

void tst_Cart::offline()
{
    const Shop shop(m_url);
    QTRY_VERIFY(shop.isOpen() && shop.isSaved());
    QVERIFY(!shop.banner());
    m_server.reset();
    QTRY_VERIFY(shop.banner());
    shop.add("Dune");
    QVERIFY(shop.shows("Dune", 1, 32));
    QTRY_COMPARE(shop.hollowDots("Dune"), 1);
    serve(quint16(m_url.port()));
    shop.click(shop.banner());
    QTRY_VERIFY_WITH_TIMEOUT(!shop.banner() && shop.isSaved(), 20000);
    QCOMPARE(shop.hollowDots("Dune"), 0);
    const Shop later(m_url);
    QTRY_VERIFY(later.isOpen());
    QVERIFY(later.shows("Dune", 1, 32));
}

void tst_Cart::picture_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QString>("theme");
    QTest::addColumn<bool>("isDark");

    QTest::newRow("phone, light") << QSize(390, 844) << "light" << false;
    QTest::newRow("phone, dark") << QSize(390, 844) << "dark" << true;
    QTest::newRow("desktop, light") << QSize(1400, 900) << "light" << false;
    QTest::newRow("desktop, dark") << QSize(1400, 900) << "dark" << true;
}

void tst_Cart::picture()
{
    QFETCH(QSize, size);
    QFETCH(QString, theme);
    QFETCH(bool, isDark);
    const QString file = m_directory->filePath("picture.png");
    QProcess cart;
    cart.start(PROGRAM,
               {"--data", m_directory->filePath("own"), "--screenshot", file, "--theme", theme, "--size",
                QString("%1x%2").arg(size.width()).arg(size.height())});
    QTRY_COMPARE_WITH_TIMEOUT(cart.state(), QProcess::NotRunning, 30000);
    QCOMPARE(cart.readAllStandardError(), "");
    QCOMPARE(cart.exitCode(), 0);
    const QImage picture(file);
    QCOMPARE(picture.size(), size);
    QCOMPARE(picture.pixelColor(4, 4).lightness() < 128, isDark);
    const QColor paper("#f6dcc4"); // of the first print
    QCOMPARE(picture.pixelColor(30, 90), paper);
}

/* The data folder is in use by the first: the second finds its server. */
void tst_Cart::secondWindowJoins()
{
    const QStringList data = {"--data", m_directory->filePath("own")};
    QProcess first;
    first.start(PROGRAM, data);
    QVERIFY(first.waitForReadyRead());
    const QByteArray news = first.readLine();
    QVERIFY2(news.startsWith("Join with: cart --url http://127.0.0.1:"), news.constData());
    QProcess second;
    second.start(PROGRAM, data + QStringList{"--screenshot", m_directory->filePath("picture.png")});
    QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 30000);
    QCOMPARE(second.exitCode(), 0);
    QCOMPARE(second.readLine(), news);
    QProcess third;
    third.start(PROGRAM,
                {"--url", QString::fromUtf8(news.trimmed().split(' ').last()), "--screenshot",
                 m_directory->filePath("third.png")});
    QTRY_COMPARE_WITH_TIMEOUT(third.state(), QProcess::NotRunning, 30000);
    QCOMPARE(third.exitCode(), 0);
    first.terminate();
    QTRY_COMPARE(first.state(), QProcess::NotRunning);
    QCOMPARE(first.exitCode(), 0);
}

void tst_Cart::wrongOptions_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");

    const QString picture = QDir::tempPath() + "/never.png";
    QTest::newRow("no URL") << QStringList{"--url", "shop"} << 2;
    QTest::newRow("no stream") << QStringList{"--url", "http://127.0.0.1:4437"} << 2;
    QTest::newRow("URL and data") << QStringList{"--url", "http://127.0.0.1:4437/v1/stream/a", "--data", "b"} << 2;
    QTest::newRow("theme") << QStringList{"--theme", "pink"} << 2;
    QTest::newRow("size") << QStringList{"--size", "10x10"} << 2;
    QTest::newRow("no folder") << QStringList{"--screenshot", "/nowhere/a.png"} << 2;
    QTest::newRow("unknown") << QStringList{"--name", "Ada"} << 2;
    QTest::newRow("left over") << QStringList{"shop"} << 2;
    QTest::newRow("data that is no folder") << QStringList{"--data", PROGRAM, "--screenshot", picture} << 1;
}

void tst_Cart::wrongOptions()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QProcess cart;
    cart.start(PROGRAM, arguments);
    QTRY_COMPARE_WITH_TIMEOUT(cart.state(), QProcess::NotRunning, 30000);
    QCOMPARE(cart.exitCode(), exitCode);
    QVERIFY(cart.readAllStandardError().startsWith("cart: "));
}

QTEST_MAIN(tst_Cart)

#include "tst_cart.moc"
