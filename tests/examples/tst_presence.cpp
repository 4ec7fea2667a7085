// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleTest.h"
#include "ExampleWindow.h"

#include <DurableStreams/Collection>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>

#include <QPointer>
#include <QProcess>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSignalSpy>
#include <QTest>

using namespace DurableStreams;

/*! examples/presence: its window in this process, and the program as a whole. */
class tst_Presence : public ExampleTest
{
    Q_OBJECT

public:
    tst_Presence()
        : ExampleTest("room")
    {
    }

private Q_SLOTS:
    void guideShowsTheCode();
    void comesAndLeaves();
    void killed();
    void closedWindow();
    void destroyedWhileTelling();
    void points();
    void movesSmoothly();
    void waves();
    void offline();

private:
    void checkPicture(const QImage &picture) const override;
    QList<QStringList> moreWrongOptions() const override { return {{"--name", " "}}; }
};

namespace {

/*! The window of one person, and what that person sees. */
class Person : public ExampleWindow
{
public:
    Person(const QString &name, const QUrl &url)
        : ExampleWindow(EXAMPLE_DIRECTORY "/Main.qml", url, {{"userName", name}})
    {
    }

    bool sees(const QString &headline) const { return window() && find(hasText(headline)); }
    // The pointer of somebody else, or one's own ("You").
    QQuickItem *pointerOf(const QString &name) const
    {
        return find([&](QQuickItem *item) {
            return item->property("waves").isValid() && item->property("name").toString() == name
                && item->opacity() > 0.9;
        });
    }
    void pointAt(const QPoint &place) const { QTest::mouseMove(window(), place); }
};

/*! The rows of a stream, as any other program reads them. */
struct Reader
{
    explicit Reader(const QUrl &url)
        : db(&session, "presence", url)
        , people(db.collection(Schema("person", "id", {"name", "x"})))
    {
        db.preload();
    }

    Session session;
    StreamDb db;
    Collection *people;
};

} // namespace

void tst_Presence::guideShowsTheCode()
{
    QCOMPARE(lineNotInCode(), "");
}

void tst_Presence::comesAndLeaves()
{
    const Person ada("Ada Lovelace", url());
    QTRY_VERIFY(ada.sees("Only you, so far"));
    QVERIFY(ada.sees("AL"));
    QProcess robin;
    robin.start(PROGRAM, {"--url", url().toString(), "--name", "Robin Hood"});
    QTRY_VERIFY_WITH_TIMEOUT(ada.sees("2 are here"), 30000); // a program starts
    QVERIFY(ada.sees("RH"));
    QSignalSpy ended(&robin, &QProcess::finished);
    robin.terminate();
    QTRY_VERIFY_WITH_TIMEOUT(ada.sees("Only you, so far"), 3000); // long before the heartbeat is too old
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30000);
    QCOMPARE(robin.exitCode(), 0);
}

void tst_Presence::killed()
{
    const Person ada("Ada", url());
    QProcess robin;
    robin.start(PROGRAM, {"--url", url().toString(), "--name", "Robin"});
    QTRY_VERIFY_WITH_TIMEOUT(ada.sees("2 are here"), 30000); // a program starts
    robin.kill();
    QTRY_COMPARE(robin.state(), QProcess::NotRunning);
    const Reader reader(url());
    QTRY_COMPARE(reader.people->count(), 2); // the row is still there, but
    QTRY_VERIFY_WITH_TIMEOUT(ada.sees("Only you, so far"), 9000);
    const Person later("Late", url());
    QTRY_VERIFY(later.sees("2 are here"));
}

void tst_Presence::closedWindow()
{
    const Reader reader(url());
    const Person ada("Ada", url());
    QTRY_COMPARE(reader.people->count(), 1);
    ada.window()->close();
    QTRY_COMPARE(reader.people->count(), 0);
    QTRY_VERIFY(!ada.window()->isVisible());
}

void tst_Presence::destroyedWhileTelling()
{
    const Reader reader(url());
    for (int i = 1; i <= 20; ++i) {
        const Person ada("Ada", url());
        QTRY_COMPARE(reader.people->count(), i);
        QVERIFY(QMetaObject::invokeMethod(ada.window(), "tell"));
    }
}

void tst_Presence::points()
{
    const Person ada("Ada", url());
    const Person bob("Bob", url());
    QTRY_VERIFY(ada.sees("2 are here") && bob.sees("2 are here"));
    ada.pointAt({250, 350});
    QVERIFY(ada.pointerOf("You")); // without any wait
    QCOMPARE(ada.pointerOf("You")->position(), QPointF(250, 350));
    QTRY_VERIFY(bob.pointerOf("Ada"));
    bob.window()->resize(500, 500); // places are parts of the window
    QTRY_COMPARE(bob.pointerOf("Ada")->position(), QPointF(125, 250));
    const QPointer<QQuickItem> pointer = bob.pointerOf("Ada");
    ada.pointAt({500, 350});
    QTRY_COMPARE(bob.pointerOf("Ada")->position(), QPointF(250, 250));
    QVERIFY(pointer); // moved, not made anew
}

/* Many moves of the mouse are few rows; the last place arrives, and is gone to in steps. */
void tst_Presence::movesSmoothly()
{
    const Person ada("Ada", url());
    const Person bob("Bob", url());
    QTRY_VERIFY(ada.sees("2 are here") && bob.sees("2 are here"));
    const Reader reader(url());
    QTRY_COMPARE(reader.people->count(), 2);
    ada.pointAt({0, 100});
    QTRY_VERIFY(bob.pointerOf("Ada"));
    QSignalSpy changes(reader.people, &QAbstractItemModel::dataChanged);
    QElapsedTimer moving;
    moving.start();
    for (int x = 1; x <= 600; ++x)
        ada.pointAt({x, 100});
    const qint64 windows = moving.elapsed() / 50 + 1; // in each of which one row goes out at most
    QTRY_COMPARE(bob.pointerOf("Ada")->x(), 600.0);
    QVERIFY2(changes.size() <= windows + 9, qPrintable(QString::number(changes.size())));

    // One row, but several steps; a computer that stands still for a moment sees the last one alone.
    QSignalSpy steps(bob.pointerOf("Ada"), &QQuickItem::xChanged);
    for (int tries = 0; tries < 10 && steps.size() < 2; ++tries) {
        steps.clear();
        const int goal = tries % 2 == 0 ? 0 : 600;
        ada.pointAt({goal, 100});
        QTRY_COMPARE(bob.pointerOf("Ada")->x(), double(goal));
    }
    QVERIFY2(steps.size() >= 2, qPrintable(QString::number(steps.size())));
}

void tst_Presence::waves()
{
    const Person ada("Ada", url());
    const Person bob("Bob", url());
    QTRY_VERIFY(ada.sees("2 are here") && bob.sees("2 are here"));
    ada.pointAt({300, 300});
    QTRY_VERIFY(bob.pointerOf("Ada"));
    QTest::mousePress(ada.window(), Qt::LeftButton, {}, {300, 300});
    QTRY_VERIFY(bob.pointerOf("Ada")->property("waves").toBool());
    QTest::mouseRelease(ada.window(), Qt::LeftButton, {}, {300, 300});
    QTRY_VERIFY(!bob.pointerOf("Ada")->property("waves").toBool());
}

void tst_Presence::offline()
{
    const Person ada("Ada", url());
    const Person bob("Bob", url());
    QTRY_VERIFY(ada.sees("2 are here") && bob.sees("2 are here"));
    stopServing();
    QTRY_VERIFY(ada.sees("Not connected"));
    ada.window()->close(); // nobody to say goodbye to
    QTRY_VERIFY(!ada.window()->isVisible());
    serve(quint16(url().port()));
    QTRY_VERIFY_WITH_TIMEOUT(bob.sees("Only you, so far"), 20000);
}

void tst_Presence::checkPicture(const QImage &picture) const
{
    const QColor face = picture.pixelColor(picture.width() - 40, 26); // one's own, in the corner
    QVERIFY2(face.hslSaturation() > 80, qPrintable(face.name()));
}

QTEST_MAIN(tst_Presence)

#include "tst_presence.moc"
