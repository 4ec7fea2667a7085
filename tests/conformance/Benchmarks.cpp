// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Benchmarks.h"

#include "Environment.h"

#include <DurableStreams/Producer>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamReader>

#include <QElapsedTimer>
#include <QObject>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr double NanosecondsPerSecond = 1e9;

/* One timed operation; deletes itself when it has told its result. */
class Benchmark : public QObject
{
public:
    Benchmark(Environment &environment, const QJsonObject &command, const Wire::Done &done)
        : m_environment(environment)
        , m_command(command)
        , m_operation(command["operation"_L1].toObject())
        , m_done(done)
        , m_stream(&environment.network)
        , m_reader(&environment.network)
        , m_producer(&environment.network)
    {
        const StreamEndpoint endpoint = environment.endpoint(m_operation);
        m_stream.setEndpoint(endpoint);
        m_reader.setEndpoint(endpoint);
        m_producer.setEndpoint(endpoint);
        m_contentType = m_operation["contentType"_L1]
                            .toString(QString::fromLatin1(environment.contentType(m_operation["path"_L1].toString())))
                            .toLatin1();
        m_stream.setContentType(m_contentType);
        m_producer.setContentType(m_contentType);
    }

    void start();

private:
    using Then = std::function<void()>;

    void append();
    void read();
    void create();
    void roundTrip();
    void appendMany();
    void readMany();
    void expect(StreamReply *reply, const Then &then);
    void count();
    void finish();
    void fail(const StreamError &error);
    QByteArray payload() const;
    QJsonObject metrics(qint64 nanoseconds) const;

    Environment &m_environment;
    const QJsonObject m_command;
    const QJsonObject m_operation;
    const Wire::Done m_done;
    Stream m_stream;
    StreamReader m_reader;
    Producer m_producer;
    QByteArray m_contentType;
    QElapsedTimer m_clock;
    qint64 m_bytes = 0;
    qint64 m_messages = 0;
    qint64 m_leastMessages = 0;
};

void Benchmark::start()
{
    const QString operation = m_operation["op"_L1].toString();
    m_clock.start();
    if (operation == "append"_L1)
        append();
    else if (operation == "read"_L1)
        read();
    else if (operation == "create"_L1)
        create();
    else if (operation == "roundtrip"_L1)
        roundTrip();
    else if (operation == "throughput_append"_L1)
        appendMany();
    else if (operation == "throughput_read"_L1)
        readMany();
    else
        fail(StreamError(StreamError::Code::InvalidArgument, u"There is no operation \"%1\"."_s.arg(operation)));
}

QByteArray Benchmark::payload() const
{
    const qsizetype size = m_operation["size"_L1].toInteger();
    if (!m_contentType.startsWith("application/json"))
        return QByteArray(size, '*');
    return '"' + QByteArray(std::max<qsizetype>(size - 2, 0), '*') + '"';
}

void Benchmark::expect(StreamReply *reply, const Then &then)
{
    QObject::connect(reply, &StreamReply::finished, this, [this, reply, then] {
        if (reply->error().isOk())
            then();
        else
            fail(reply->error());
    });
}

void Benchmark::append()
{
    m_bytes = m_operation["size"_L1].toInteger();
    m_messages = 1;
    expect(m_stream.append(payload()), [this] { finish(); });
}

void Benchmark::create()
{
    Stream::Configuration configuration;
    configuration.contentType = m_contentType;
    m_environment.noteContentType(m_operation["path"_L1].toString(), m_contentType);
    expect(m_stream.create(configuration), [this] { finish(); });
}

/* Takes what the reader has, and counts it. */
void Benchmark::count()
{
    while (m_reader.hasChunk()) {
        const StreamChunk chunk = m_reader.takeChunk();
        m_bytes += chunk.size();
        m_messages += chunk.isJson() ? chunk.elementCount() : 0;
    }
}

void Benchmark::read()
{
    m_reader.setMode(StreamReader::Mode::CatchUp);
    QObject::connect(&m_reader, &StreamReader::chunkReady, this, [this] { count(); });
    QObject::connect(&m_reader, &StreamReader::finished, this, [this](const StreamError &error) {
        if (!error.isOk())
            fail(error);
        else if (m_messages < m_leastMessages)
            fail(StreamError(StreamError::Code::InvalidArgument,
                             u"The stream has %1 messages, not %2."_s.arg(m_messages).arg(m_leastMessages)));
        else
            finish();
    });
    m_reader.start({m_operation["offset"_L1].toString(u"-1"_s).toUtf8(), 0});
}

void Benchmark::readMany()
{
    m_leastMessages = m_operation["expectedCount"_L1].toInteger();
    read();
}

/* A reader waits at the end of a new stream; then something is appended. */
void Benchmark::roundTrip()
{
    Stream::Configuration configuration;
    configuration.contentType = m_contentType;
    m_reader.setMode(m_operation["live"_L1] == "sse"_L1 ? StreamReader::Mode::Sse : StreamReader::Mode::LongPoll);
    QObject::connect(&m_reader, &StreamReader::chunkReady, this, [this] {
        count();
        if (m_bytes == 0)
            return;
        m_bytes += m_operation["size"_L1].toInteger();
        finish();
    });
    QObject::connect(&m_reader, &StreamReader::finished, this, [this](const StreamError &error) { fail(error); });
    expect(m_stream.create(configuration), [this] {
        m_reader.start();
        expect(m_stream.append(payload()), [] { });
    });
}

void Benchmark::appendMany()
{
    Stream::Configuration configuration;
    configuration.contentType = m_contentType;
    m_producer.setLinger(0ms);
    if (const int concurrency = m_operation["concurrency"_L1].toInt(); concurrency > 0)
        m_producer.setMaximumInFlight(concurrency);
    QObject::connect(&m_producer, &Producer::flushed, this, [this](const StreamError &error) {
        if (!error.isOk())
            return fail(error);
        m_messages = m_operation["count"_L1].toInteger();
        m_bytes = m_messages * m_operation["size"_L1].toInteger();
        finish();
    });
    expect(m_stream.create(configuration), [this] {
        const QByteArray message = payload();
        const qint64 count = m_operation["count"_L1].toInteger();
        for (qint64 i = 0; i < count; ++i)
            m_producer.append(quint64(i), message);
        m_producer.flush();
    });
}

QJsonObject Benchmark::metrics(qint64 nanoseconds) const
{
    const double seconds = double(std::max<qint64>(nanoseconds, 1)) / NanosecondsPerSecond;
    QJsonObject metrics{{"bytesTransferred"_L1, m_bytes}, {"bytesPerSecond"_L1, double(m_bytes) / seconds}};
    if (m_messages > 0) {
        metrics["messagesProcessed"_L1] = m_messages;
        metrics["opsPerSecond"_L1] = double(m_messages) / seconds;
    }
    return metrics;
}

void Benchmark::finish()
{
    const qint64 nanoseconds = m_clock.nsecsElapsed();
    m_reader.disconnect(this);
    m_producer.disconnect(this);
    deleteLater();
    m_done(Wire::success(m_command,
                         {
                             {"iterationId"_L1, m_command["iterationId"_L1]},
                             {"durationNs"_L1, QString::number(nanoseconds)},
                             {"metrics"_L1, metrics(nanoseconds)},
                         }));
}

void Benchmark::fail(const StreamError &error)
{
    m_reader.disconnect(this);
    m_producer.disconnect(this);
    deleteLater();
    m_done(Wire::failure(m_command, error));
}

} // namespace

namespace Benchmarks {

void run(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    (new Benchmark(environment, command, done))->start();
}

} // namespace Benchmarks
