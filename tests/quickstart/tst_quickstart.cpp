// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/Server>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>

#include <QFile>
#include <QProcess>
#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QtTest>

using namespace DurableStreams;

/*! The two examples of README.md, run as they stand there. */
class tst_Quickstart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readmeShowsTheFiles_data();
    void readmeShowsTheFiles();
    void widgetsExample();
    void qmlExample();

private:
    QUrl url() const { return QUrl(m_server->url().toString() + "/tasks"); }

    QTemporaryDir m_directory;
    std::unique_ptr<Server> m_server;
};

void tst_Quickstart::initTestCase()
{
    ServerOptions options;
    options.dataDirectory = m_directory.path();
    options.port = 0;
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
}

void tst_Quickstart::readmeShowsTheFiles_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("QML") << "Tasks.qml";
    QTest::newRow("Widgets") << "tasks.cpp";
}

void tst_Quickstart::readmeShowsTheFiles()
{
    QFETCH(QString, file);
    QFile example(EXAMPLE_DIRECTORY "/" + file);
    QFile readme(README_FILE);
    QVERIFY(example.open(QIODevice::ReadOnly) && readme.open(QIODevice::ReadOnly));
    QByteArray code = example.readAll();
    code = code.mid(code.indexOf("\n\n") + 2);
    QVERIFY2(readme.readAll().contains(code), "README.md does not show this file as it is");
    QVERIFY2(code.count('\n') <= 25, "longer than 25 lines");
}

void tst_Quickstart::widgetsExample()
{
    QProcess program;
    program.setProcessChannelMode(QProcess::ForwardedChannels);
    program.start(WIDGETS_PROGRAM, {url().toString()});
    Session session;
    StreamDb db(&session, "tasks", url());
    Collection *tasks = db.collection(Schema("task", "id", {"id", "title", "done"}));
    db.preload();
    QTRY_COMPARE_WITH_TIMEOUT(tasks->count(), 1, 20'000);
    QCOMPARE(tasks->index(0).data(tasks->roleOf("title")).toString(), "Water the plants");
    program.terminate();
    QVERIFY(program.waitForFinished());
}

void tst_Quickstart::qmlExample()
{
    Session session;
    StreamDb db(&session, "tasks", url());
    Collection *tasks = db.collection(Schema("task", "id", {"id", "title", "done"}));
    db.preload();
    QTRY_VERIFY(db.isUpToDate());
    const int before = tasks->count();

    QQmlApplicationEngine engine;
    engine.load(QUrl::fromLocalFile(EXAMPLE_DIRECTORY "/Tasks.qml"));
    QCOMPARE(engine.rootObjects().size(), 1);
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().first());
    QVERIFY(window);
    auto *shown = window->findChild<StreamDb *>();
    QVERIFY(shown);
    shown->setUrl(url());
    QTRY_VERIFY(shown->isUpToDate());
    auto *open = window->findChild<LiveQuery *>();
    QVERIFY(open);
    QTRY_COMPARE(open->count(), before);

    auto *field = window->property("footer").value<QQuickItem *>();
    QVERIFY(field);
    field->setProperty("text", "Call the bank");
    QVERIFY(QMetaObject::invokeMethod(field, "accepted"));
    QTRY_COMPARE(tasks->count(), before + 1);
    QTRY_COMPARE(shown->pendingCount(), 0);
    QCOMPARE(open->index(0).data(open->roleOf("title")).toString(), "Call the bank");
    tasks->update(open->keyAt(0), {{"done", true}});
    QTRY_COMPARE(open->count(), before);
}

QTEST_MAIN(tst_Quickstart)
#include "tst_quickstart.moc"
