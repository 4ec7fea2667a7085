// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleWindow.h"

#include <DurableStreams/Collection>
#include <DurableStreams/Server>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>

#include <QImage>
#include <QPointer>
#include <QProcess>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace DurableStreams;

/*! examples/presence: its window in this process, and the program as a whole. */
class tst_Presence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void guideShowsTheFile();
    void comesAndLeaves();
    void killed();
    void closedWindow();
    void destroyedWhileTelling();
    void points();
    void movesSmoothly();
    void waves();
    void offline();
    void picture_data();
    void picture();
    void emptyName();

private:
    void serve(quint16 port = 0);

    QTemporaryDir m_runtimeDirectory; // Qt warns where the programs have none
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    QUrl m_url;
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

void tst_Presence::initTestCase()
{
    qputenv("XDG_RUNTIME_DIR", m_runtimeDirectory.path().toLocal8Bit());
}

void tst_Presence::init()
{
    m_server.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    serve();
}

void tst_Presence::serve(quint16 port)
{
    ServerOptions options;
    options.dataDirectory = m_directory->filePath("streams");
    options.port = port;
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
    m_url = QUrl(m_server->url().toString() + "/room");
}

void tst_Presence::guideShowsTheFile()
{
    QCOMPARE(lineNotIn(EXAMPLE_DIRECTORY "/Main.qml", GUIDE_FILE), "");
}

void tst_Presence::comesAndLeaves()
{
    const Person ada("Ada Lovelace", m_url);
    QTRY_VERIFY(ada.sees("Only you, so far"));
    QVERIFY(ada.sees("AL"));
    QProcess robin;
    robin.start(PROGRAM, {"--url", m_url.toString(), "--name", "Robin Hood"});
    QTRY_VERIFY(ada.sees("2 are here"));
    QVERIFY(ada.sees("RH"));
    QSignalSpy ended(&robin, &QProcess::finished);
    robin.terminate();
    QTRY_VERIFY_WITH_TIMEOUT(ada.sees("Only you, so far"), 3000); // long before the heartbeat is too old
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(robin.exitCode(), 0);
}

void tst_Presence::killed()
{
    const Person ada("Ada", m_url);
    QProcess robin;
    robin.start(PROGRAM, {"--url", m_url.toString(), "--name", "Robin"});
    QTRY_VERIFY(ada.sees("2 are here"));
    robin.kill();
    QTRY_COMPARE(robin.state(), QProcess::NotRunning);
    const Reader reader(m_url);
    QTRY_COMPARE(reader.people->count(), 2); // the row is still there, but
    QTRY_VERIFY_WITH_TIMEOUT(ada.sees("Only you, so far"), 9000);
    const Person later("Late", m_url);
    QTRY_VERIFY(later.sees("2 are here"));
}

void tst_Presence::closedWindow()
{
    const Reader reader(m_url);
    const Person ada("Ada", m_url);
    QTRY_COMPARE(reader.people->count(), 1);
    ada.window()->close();
    QTRY_COMPARE(reader.people->count(), 0);
    QTRY_VERIFY(!ada.window()->isVisible());
}

void tst_Presence::destroyedWhileTelling()
{
    const Reader reader(m_url);
    for (int i = 1; i <= 20; ++i) {
        const Person ada("Ada", m_url);
        QTRY_COMPARE(reader.people->count(), i);
        QVERIFY(QMetaObject::invokeMethod(ada.window(), "tell"));
    }
}

void tst_Presence::points()
{
    const Person ada("Ada", m_url);
    const Person bob("Bob", m_url);
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
    const Person ada("Ada", m_url);
    const Person bob("Bob", m_url);
    QTRY_VERIFY(ada.sees("2 are here") && bob.sees("2 are here"));
    const Reader reader(m_url);
    QTRY_COMPARE(reader.people->count(), 2);
    ada.pointAt({0, 100});
    QTRY_VERIFY(bob.pointerOf("Ada"));
    QSignalSpy changes(reader.people, &QAbstractItemModel::dataChanged);
    QSignalSpy steps(bob.pointerOf("Ada"), &QQuickItem::xChanged);
    for (int x = 1; x <= 600; ++x)
        ada.pointAt({x, 100});
    QTRY_COMPARE(bob.pointerOf("Ada")->x(), 600.0);
    QVERIFY2(changes.size() <= 10, qPrintable(QString::number(changes.size())));
    QVERIFY2(steps.size() >= 3, qPrintable(QString::number(steps.size())));
}

void tst_Presence::waves()
{
    const Person ada("Ada", m_url);
    const Person bob("Bob", m_url);
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
    const Person ada("Ada", m_url);
    const Person bob("Bob", m_url);
    QTRY_VERIFY(ada.sees("2 are here") && bob.sees("2 are here"));
    m_server.reset();
    QTRY_VERIFY(ada.sees("Not connected"));
    ada.window()->close(); // nobody to say goodbye to
    QTRY_VERIFY(!ada.window()->isVisible());
    serve(quint16(m_url.port()));
    QTRY_VERIFY_WITH_TIMEOUT(bob.sees("Only you, so far"), 20000);
}

void tst_Presence::picture_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QString>("theme");
    QTest::addColumn<bool>("isDark");

    QTest::newRow("phone, light") << QSize(390, 844) << "light" << false;
    QTest::newRow("phone, dark") << QSize(390, 844) << "dark" << true;
    QTest::newRow("desktop, light") << QSize(1400, 900) << "light" << false;
    QTest::newRow("desktop, dark") << QSize(1400, 900) << "dark" << true;
}

void tst_Presence::picture()
{
    QFETCH(QSize, size);
    QFETCH(QString, theme);
    QFETCH(bool, isDark);
    const QString file = m_directory->filePath("picture.png");
    QProcess presence;
    presence.start(PROGRAM,
                   {"--data", m_directory->filePath("own"), "--screenshot", file, "--theme", theme, "--size",
                    QString("%1x%2").arg(size.width()).arg(size.height())});
    QTRY_COMPARE_WITH_TIMEOUT(presence.state(), QProcess::NotRunning, 30000);
    QCOMPARE(presence.readAllStandardError(), "");
    QCOMPARE(presence.exitCode(), 0);
    const QImage picture(file);
    QCOMPARE(picture.size(), size);
    QCOMPARE(picture.pixelColor(4, 4).lightness() < 128, isDark);
    const QColor face = picture.pixelColor(size.width() - 40, 26); // one's own, in the corner
    QVERIFY2(face.hslSaturation() > 80, qPrintable(face.name()));
}

void tst_Presence::emptyName()
{
    QProcess presence;
    presence.start(PROGRAM, {"--name", " "});
    QTRY_COMPARE(presence.state(), QProcess::NotRunning);
    QCOMPARE(presence.exitCode(), 2);
    QVERIFY(presence.readAllStandardError().startsWith("presence: The name of --name is empty."));
}

QTEST_MAIN(tst_Presence)

#include "tst_presence.moc"
