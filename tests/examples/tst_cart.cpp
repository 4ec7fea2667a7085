// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleTest.h"
#include "ExampleWindow.h"

#include <DurableStreams/StreamDb>

#include <QQuickItem>
#include <QQuickWindow>
#include <QTest>

/*! examples/cart: its window in this process, and the program as a whole. */
class tst_Cart : public ExampleTest
{
    Q_OBJECT

public:
    tst_Cart()
        : ExampleTest("shop")
    {
    }

private Q_SLOTS:
    void guideShowsTheCode();
    void fillsANewStreamOnce();
    void pressesAtTheSameTime();
    void linesAndTotal();
    void offline();

private:
    void checkPicture(const QImage &picture) const override;
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
    QString trouble() const { return window()->findChild<DurableStreams::StreamDb *>()->errorString(); }
    bool isOpen() const { return window() && tile("Dawn") && tile("Dune") && tile("Fjord"); }
};

// Neither window hears of the other's press before its own.
void pressBoth(QQuickItem *button, QQuickItem *otherButton)
{
    QVERIFY(button && otherButton);
    QVERIFY(QMetaObject::invokeMethod(button, "clicked") && QMetaObject::invokeMethod(otherButton, "clicked"));
}

} // namespace

void tst_Cart::guideShowsTheCode()
{
    QCOMPARE(lineNotInCode(), "");
}

void tst_Cart::fillsANewStreamOnce()
{
    const Shop first(url());
    QTRY_VERIFY(first.isOpen());
    QTRY_VERIFY(first.isSaved());
    const auto tiles = [](QQuickItem *item) { return isProduct(item, false); };
    QCOMPARE(first.findAll(tiles).size(), 6);
    const Shop second(url());
    QTRY_VERIFY(second.isOpen());
    QCOMPARE(second.findAll(tiles).size(), 6);
}

void tst_Cart::pressesAtTheSameTime()
{
    const Shop one(url());
    const Shop other(url());
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
    const Shop shop(url());
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
    const Shop later(url());
    QTRY_VERIFY(later.isOpen());
    QCOMPARE(later.total(), "€0");
}

void tst_Cart::offline()
{
    const Shop shop(url());
    QTRY_VERIFY(shop.isOpen() && shop.isSaved());
    QVERIFY(!shop.banner());
    stopServing();
    QTRY_VERIFY(shop.banner());
    shop.add("Dune");
    QVERIFY(shop.shows("Dune", 1, 32));
    QTRY_COMPARE(shop.hollowDots("Dune"), 1);
    serve(quint16(url().port()));
    shop.click(shop.banner());
    QTRY_COMPARE_WITH_TIMEOUT(shop.trouble(), "", 20000);
    QTRY_VERIFY_WITH_TIMEOUT(!shop.banner() && shop.isSaved(), 20000);
    QCOMPARE(shop.hollowDots("Dune"), 0);
    const Shop later(url());
    QTRY_VERIFY(later.isOpen());
    QVERIFY(later.shows("Dune", 1, 32));
}

void tst_Cart::checkPicture(const QImage &picture) const
{
    QCOMPARE(picture.pixelColor(30, 90), QColor("#f6dcc4")); // the paper of the first print
}

QTEST_MAIN(tst_Cart)

#include "tst_cart.moc"
