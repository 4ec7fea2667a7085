// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "HeldPort.h"
#include "Sink.h"
#include "Until.h"

#include <DurableStreams/HttpSource>
#include <DurableStreams/Server>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Code = StreamError::Code;
using Delivery = StreamSource::Delivery;
using Status = StreamSource::Status;
using Mode = StreamReader::Mode;

/* The client against the embedded server: what a fake cannot show. */
class tst_ClientAndServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void operations();
    void twoSources_data();
    void twoSources();
    void serverRestarts_data();
    void serverRestarts();
    void deletedAndMadeAgain();
    void largeLoad();
    void bearerToken();

private:
    void startServer();
    std::unique_ptr<HttpSource> makeSource(Sink *sink, Mode mode = Mode::Auto, const QByteArray &token = {}) const;
    QUrl url() const { return QUrl(m_server->url().toString() + u"/board"_s); }

    HeldPort m_port;
    std::unique_ptr<QTemporaryDir> m_directory;
    ServerOptions m_options;
    std::unique_ptr<Server> m_server;
};

void tst_ClientAndServer::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_options = {};
    m_options.dataDirectory = m_directory->path();
    m_options.port = m_port.number();
    startServer();
}

void tst_ClientAndServer::cleanup()
{
    m_server.reset();
}

void tst_ClientAndServer::startServer()
{
    m_server = std::make_unique<Server>(m_options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
}

std::unique_ptr<HttpSource> tst_ClientAndServer::makeSource(Sink *sink, Mode mode, const QByteArray &token) const
{
    const StreamEndpoint::Headers headers{{"Authorization", "Bearer " + token}};
    auto source =
        std::make_unique<HttpSource>(StreamEndpoint(url(), token.isEmpty() ? StreamEndpoint::Headers() : headers));
    source->setMode(mode);
    source->setRetryPolicy(RetryPolicy(1ms, 1.3, 50ms));
    sink->watch(source.get());
    return source;
}

void tst_ClientAndServer::operations()
{
    StreamNetwork network;
    Stream stream(&network);
    stream.setEndpoint(StreamEndpoint(url()));
    const auto run = [](StreamReply *reply) {
        QSignalSpy finished(reply, &StreamReply::finished);
        finished.wait();
        return reply;
    };
    QCOMPARE(run(stream.head())->error().code(), Code::NotFound);
    Stream::Configuration configuration;
    configuration.content = "[1]";
    configuration.timeToLive = 60;
    StreamReply *created = run(stream.create(configuration));
    QCOMPARE(created->error(), StreamError());
    QCOMPARE(created->httpStatus(), 201);
    QCOMPARE(run(stream.create(configuration))->httpStatus(), 200);
    configuration.contentType = "text/plain";
    QCOMPARE(run(stream.create(configuration))->error().code(), Code::ConflictExists);
    StreamReply *appended = run(stream.append("[2]"));
    QCOMPARE(appended->error(), StreamError());
    QVERIFY(appended->nextOffset() > created->nextOffset());
    QCOMPARE(run(stream.append("[2"))->error().code(), Code::BadRequest);
    stream.setContentType("text/plain");
    QCOMPARE(run(stream.append("2"))->error().code(), Code::ConflictSequence);
    stream.setContentType("application/json");
    StreamReply *head = run(stream.head());
    QCOMPARE(head->nextOffset(), appended->nextOffset());
    QCOMPARE(head->contentType(), "application/json");
    QCOMPARE(head->timeToLive(), 60);
    QVERIFY(!head->isClosed());
    StreamReply *closed = run(stream.close("[3]"));
    QCOMPARE(closed->error(), StreamError());
    QVERIFY(closed->isClosed());
    QCOMPARE(run(stream.append("[4]"))->error().code(), Code::StreamClosed);

    Sink sink;
    const auto source = makeSource(&sink);
    QSignalSpy statuses(source.get(), &StreamSource::statusChanged);
    source->open("-1", false);
    QTRY_VERIFY(!statuses.isEmpty() && statuses.last().value(0).value<Status>() == Status::Closed);
    QCOMPARE(sink.numbers(), "1 2 3");
    QCOMPARE(run(stream.remove())->error(), StreamError());
    QCOMPARE(run(stream.remove())->error().code(), Code::NotFound);
}

void tst_ClientAndServer::twoSources_data()
{
    QTest::addColumn<Mode>("mode");

    QTest::newRow("SSE") << Mode::Sse;
    QTest::newRow("long-poll") << Mode::LongPoll;
    QTest::newRow("auto") << Mode::Auto;
}

void tst_ClientAndServer::twoSources()
{
    QFETCH(Mode, mode);
    Sink first;
    Sink second;
    const auto one = makeSource(&first, mode);
    const auto other = makeSource(&second, mode);
    QSignalSpy errors(one.get(), &StreamSource::errorOccurred);
    QSignalSpy answers(one.get(), &StreamSource::appendAnswered);
    one->open("-1", true);
    other->open("-1", true);
    QByteArrayList expected;
    for (quint64 id = 0; id < 200; ++id) {
        one->append(id, '[' + QByteArray::number(id) + ']', Delivery::Reliable);
        expected.append(QByteArray::number(id));
    }
    QVERIFY(until([&] { return second.numbers() == expected.join(' '); }));
    QTRY_COMPARE(first.numbers(), expected.join(' '));
    QTRY_COMPARE(answers.size(), 200);
    QCOMPARE(answers.last().value(1).value<AppendAnswer>().nextOffset, first.position.offset);
    QCOMPARE(errors.size(), 0);
}

void tst_ClientAndServer::serverRestarts_data()
{
    twoSources_data();
}

/* Each append is in the stream once, and comes once, while the server goes away again and again. */
void tst_ClientAndServer::serverRestarts()
{
    QFETCH(Mode, mode);
    Sink written;
    Sink read;
    const auto writer = makeSource(&written, mode);
    const auto reader = makeSource(&read, mode);
    QSignalSpy answers(writer.get(), &StreamSource::appendAnswered);
    writer->open("-1", true);
    reader->open("-1", true);
    QByteArrayList expected;
    quint64 id = 0;
    for (int restart = 0; restart < 5; ++restart) {
        const qsizetype before = answers.size();
        for (int i = 0; i < 30; ++i) {
            expected.append(QByteArray::number(++id));
            writer->append(id, '[' + expected.last() + ']', Delivery::Reliable);
        }
        QVERIFY(until([&] { return answers.size() > before + 5; }));
        m_server.reset();
        startServer();
    }
    QVERIFY(until([&] { return answers.size() == qsizetype(id); }));
    QVERIFY(until([&] { return read.numbers() == expected.join(' '); }));
    QTRY_COMPARE(written.numbers(), expected.join(' '));
    for (const QVariantList &arguments : answers)
        QCOMPARE(arguments.value(1).value<AppendAnswer>().error, StreamError());
}

void tst_ClientAndServer::deletedAndMadeAgain()
{
    Sink sink;
    const auto source = makeSource(&sink);
    QSignalSpy statuses(source.get(), &StreamSource::statusChanged);
    QSignalSpy errors(source.get(), &StreamSource::errorOccurred);
    source->open("-1", true);
    source->append(1, "[1]", Delivery::Reliable);
    QTRY_COMPARE(sink.numbers(), "1");
    StreamNetwork network;
    Stream stream(&network);
    stream.setEndpoint(StreamEndpoint(url()));
    QSignalSpy removed(stream.remove(), &StreamReply::finished);
    QSignalSpy created(stream.create({}), &StreamReply::finished);
    QTRY_VERIFY(removed.size() == 1 && created.size() == 1);
    QTRY_COMPARE(statuses.last().value(0).value<Status>(), Status::Failed);
    const Code code = errors.last().value(0).value<StreamError>().code();
    QVERIFY(code == Code::StreamReplaced || code == Code::InvalidOffset || code == Code::NotFound);
}

void tst_ClientAndServer::largeLoad()
{
    Sink writerSink;
    const auto writer = makeSource(&writerSink);
    QSignalSpy answers(writer.get(), &StreamSource::appendAnswered);
    writer->open("-1", true);
    const QByteArray element = '"' + QByteArray(100'000, 'x') + '"';
    for (quint64 id = 0; id < 80; ++id)
        writer->append(id, '[' + element + ']', Delivery::Reliable);
    QVERIFY(until([&] { return answers.size() == 80; }));

    Sink sink;
    const auto source = makeSource(&sink);
    QSignalSpy progress(source.get(), &StreamSource::progressChanged);
    source->open("-1", false);
    QVERIFY(until([&] { return sink.committed.size() == 80; }));
    QVERIFY(sink.committed == QByteArrayList(80, element));
    QVERIFY(sink.largestPiece <= 1024 * 1024);
    QVERIFY(progress.size() > 1);
    const qint64 received = progress.last().value(0).toLongLong();
    QVERIFY(received > 8'000'000);
    QCOMPARE(progress.last().value(1).toLongLong(), received);
}

void tst_ClientAndServer::bearerToken()
{
    m_server.reset();
    m_options.bearerToken = Server::createBearerToken();
    startServer();
    Sink sink;
    const auto source = makeSource(&sink);
    QSignalSpy statuses(source.get(), &StreamSource::statusChanged);
    QSignalSpy errors(source.get(), &StreamSource::errorOccurred);
    source->open("-1", true);
    QTRY_VERIFY(!statuses.isEmpty() && statuses.last().value(0).value<Status>() == Status::Failed);
    QCOMPARE(errors.last().value(0).value<StreamError>().code(), Code::Unauthorized);
    source->setRequestHeaders({{"Authorization", "Bearer " + m_options.bearerToken.toLatin1()}});
    QTRY_COMPARE(statuses.last().value(0).value<Status>(), Status::Live);
    source->append(1, "[1]", Delivery::Reliable);
    QTRY_COMPARE(sink.numbers(), "1");
}

QTEST_GUILESS_MAIN(tst_ClientAndServer)
#include "tst_clientandserver.moc"
