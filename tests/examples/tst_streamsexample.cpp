// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Server>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>

#include <QAbstractItemModel>
#include <QFile>
#include <QProcess>
#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

/*! The examples of docs/streams.md, run as they stand there. */
class tst_StreamsExample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void guideShowsTheFiles_data();
    void guideShowsTheFiles();
    void followAndRecord();
    void recordOutlivesAKill();
    void feed();

private:
    void serve(quint16 port);
    QString url() const { return m_url; }
    StreamReply *finished(StreamReply *reply);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    QString m_url;
    StreamNetwork m_network;
    Stream m_stream{&m_network};
};

void tst_StreamsExample::init()
{
    m_server.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    serve(0);
    m_stream.setEndpoint(StreamEndpoint(QUrl(url())));
    QCOMPARE(finished(m_stream.create({}))->error(), StreamError());
}

void tst_StreamsExample::serve(quint16 port)
{
    ServerOptions options;
    options.dataDirectory = m_directory->path();
    options.port = port;
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
    m_url = m_server->url().toString() + "/notes";
}

StreamReply *tst_StreamsExample::finished(StreamReply *reply)
{
    QSignalSpy finished(reply, &StreamReply::finished);
    finished.wait();
    return reply;
}

void tst_StreamsExample::guideShowsTheFiles_data()
{
    QTest::addColumn<QString>("file");

    QTest::newRow("follow") << "follow.cpp";
    QTest::newRow("record") << "record.cpp";
    QTest::newRow("QML") << "Feed.qml";
}

void tst_StreamsExample::guideShowsTheFiles()
{
    QFETCH(QString, file);
    QFile example(EXAMPLE_DIRECTORY "/" + file);
    QFile guide(GUIDE_FILE);
    QVERIFY(example.open(QIODevice::ReadOnly) && guide.open(QIODevice::ReadOnly));
    QByteArray code = example.readAll();
    code = code.mid(code.indexOf("\n\n") + 2);
    QVERIFY2(guide.readAll().contains(code), "docs/streams.md does not show this file as it is");
}

void tst_StreamsExample::followAndRecord()
{
    QProcess follow;
    follow.setProcessChannelMode(QProcess::MergedChannels);
    follow.start(FOLLOW_PROGRAM, {url()});
    QProcess record;
    record.setProcessChannelMode(QProcess::MergedChannels);
    record.start(RECORD_PROGRAM, {url(), m_directory->filePath("outbox")});
    record.write("{\"say\":\"hello\"}\n[1,2]\n");
    record.closeWriteChannel();
    QTRY_COMPARE_WITH_TIMEOUT(record.state(), QProcess::NotRunning, 30000);
    QCOMPARE(record.exitCode(), 0);
    QTRY_VERIFY(follow.bytesAvailable() >= 22);
    QCOMPARE(finished(m_stream.close())->error(), StreamError());
    QTRY_COMPARE_WITH_TIMEOUT(follow.state(), QProcess::NotRunning, 30000);
    QCOMPARE(follow.exitCode(), 0);
    QCOMPARE(follow.readAll(), "{\"say\":\"hello\"}\n[1,2]\n");
    follow.start(FOLLOW_PROGRAM, {url() + "-missing"});
    QTRY_COMPARE_WITH_TIMEOUT(follow.state(), QProcess::NotRunning, 30000);
    QCOMPARE(follow.exitCode(), 1);
}

/* The server is gone, the writer is killed; both come back. */
void tst_StreamsExample::recordOutlivesAKill()
{
    const QString outbox = m_directory->filePath("outbox");
    m_server.reset();
    QProcess record;
    record.start(RECORD_PROGRAM, {url(), outbox});
    record.write("1\n2\n");
    record.closeWriteChannel();
    QTRY_VERIFY(QFile(outbox).size() > 0);
    record.kill();
    QTRY_COMPARE_WITH_TIMEOUT(record.state(), QProcess::NotRunning, 30000);
    serve(quint16(QUrl(url()).port()));
    record.start(RECORD_PROGRAM, {url(), outbox});
    record.write("3\n");
    record.closeWriteChannel();
    QTRY_COMPARE_WITH_TIMEOUT(record.state(), QProcess::NotRunning, 30000);
    QCOMPARE(record.exitCode(), 0);
    QCOMPARE(finished(m_stream.close())->error(), StreamError());
    QProcess follow;
    follow.setProcessChannelMode(QProcess::MergedChannels);
    follow.start(FOLLOW_PROGRAM, {url()});
    QTRY_COMPARE_WITH_TIMEOUT(follow.state(), QProcess::NotRunning, 30000);
    QCOMPARE(follow.readAll(), "1\n2\n3\n");
}

void tst_StreamsExample::feed()
{
    QQmlApplicationEngine engine;
    engine.load(QUrl::fromLocalFile(EXAMPLE_DIRECTORY "/Feed.qml"));
    QCOMPARE(engine.rootObjects().size(), 1);
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().first());
    QVERIFY(window);
    QObject *stream = nullptr;
    for (QObject *child : window->findChildren<QObject *>()) {
        if (child->inherits("DurableStreams::QuickStream"))
            stream = child;
    }
    QVERIFY(stream);
    stream->setProperty("url", QUrl(url()));
    auto *entries = window->findChild<QAbstractItemModel *>();
    QVERIFY(entries);
    QTRY_COMPARE(window->title(), "Feed");
    auto *field = window->property("footer").value<QQuickItem *>();
    field->setProperty("text", "Hello");
    QVERIFY(QMetaObject::invokeMethod(field, "accepted"));
    QTRY_COMPARE(entries->rowCount(), 1);
    const int role = int(entries->roleNames().key("text"));
    QCOMPARE(entries->index(0, 0).data(role).toString(), "Hello");
}

QTEST_MAIN(tst_StreamsExample)

#include "tst_streamsexample.moc"
