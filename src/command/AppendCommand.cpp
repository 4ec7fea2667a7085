// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "AppendCommand.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

// What may wait for its answer before no more is read.
constexpr qint64 MostPendingBytes = 8 * 1024 * 1024;
constexpr qsizetype MostPending = 10'000;

bool isJsonType(const QByteArray &contentType)
{
    return contentType.split(';').first().trimmed().toLower() == "application/json";
}

/* Whether another line may well be accepted. */
bool isOfThisLineAlone(const StreamError &error)
{
    return error.code() == StreamError::Code::BadRequest || error.code() == StreamError::Code::InvalidArgument
        || error.httpStatus() == 413;
}

} // namespace

AppendCommand::AppendCommand(const Arguments &arguments)
    : Command(arguments)
    , m_stream(&m_network)
    , m_producer(&m_network)
{
    m_stream.setEndpoint(arguments.endpoint);
    m_stream.setRequestLimit(arguments.limit);
    m_stream.setRetryPolicy(arguments.retryPolicy());
    m_producer.setEndpoint(arguments.endpoint);
    m_producer.setRequestLimit(arguments.limit);
    m_producer.setRetryPolicy(arguments.retryPolicy());
    if (!arguments.producerId.isEmpty()) {
        m_producer.setId(arguments.producerId);
        m_producer.setEpoch(arguments.epoch);
        m_producer.setAutoClaim(arguments.autoClaim);
        // The same input gives the same sequence again, so that a run can be repeated.
        m_producer.setMaximumBatchCount(1);
    }
    connect(&m_producer, &Producer::interrupted, this, &AppendCommand::warn);
    connect(&m_producer, &Producer::answered, this, &AppendCommand::onAnswered);
    connect(&m_producer, &Producer::flushed, this, &AppendCommand::onFlushed);
}

void AppendCommand::start()
{
    if (m_arguments.contentType)
        return begin(*m_arguments.contentType);
    StreamReply *reply = m_stream.head();
    connect(reply, &StreamReply::interrupted, this, &AppendCommand::warn);
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (reply->error().isOk())
            begin(reply->contentType());
        else
            fail(reply->error());
    });
}

void AppendCommand::begin(const QByteArray &contentType)
{
    m_isJson = isJsonType(contentType);
    m_stream.setContentType(contentType);
    m_producer.setContentType(contentType);
    if (m_arguments.data) {
        take(*m_arguments.data);
        return onInputEnded();
    }
    const auto bytes = m_arguments.producerId.isEmpty() ? InputReader::Unit::Any : InputReader::Unit::Block;
    m_input = std::make_unique<InputReader>(m_isJson ? InputReader::Unit::Line : bytes);
    connect(m_input.get(), &InputReader::read, this, &AppendCommand::take);
    connect(m_input.get(), &InputReader::ended, this, &AppendCommand::onInputEnded);
    connect(m_input.get(), &InputReader::failed, this, [this](const QString &reason) {
        complain(u"Could not read standard input: %1."_s.arg(reason));
        emit finished(ExitCode::Failed);
    });
    m_input->start();
}

void AppendCommand::take(const QByteArray &unit)
{
    ++m_units;
    if (m_isJson && unit.trimmed().isEmpty())
        return;
    if (!m_arguments.sequence.isEmpty()) {
        if (m_isJson && !m_gathered.isEmpty())
            m_gathered.append(',');
        m_gathered.append(unit);
        return;
    }
    m_sizes.insert(m_units, unit.size());
    m_pendingBytes += unit.size();
    m_producer.append(m_units, unit);
    regulate();
}

void AppendCommand::regulate()
{
    if (m_input)
        m_input->setPaused(m_pendingBytes > MostPendingBytes || m_sizes.size() > MostPending);
}

void AppendCommand::onInputEnded()
{
    if (m_arguments.sequence.isEmpty())
        m_producer.flush();
    else
        appendAtOnce();
}

void AppendCommand::onAnswered(quint64 unit, const AppendAnswer &answer)
{
    m_pendingBytes -= m_sizes.take(unit);
    regulate();
    if (answer.error.isOk()) {
        ++m_appended;
        m_duplicates += answer.duplicate ? 1 : 0;
        if (!answer.nextOffset.isEmpty())
            m_offset = answer.nextOffset;
        return;
    }
    if (!isOfThisLineAlone(answer.error))
        return endWith(answer.error);
    m_exitCode = ExitCode::Failed;
    complain(m_isJson && !m_arguments.data ? u"line %1: %2"_s.arg(unit).arg(answer.error.message())
                                           : answer.error.message());
}

/* What fails one append would fail all that follow. */
void AppendCommand::endWith(const StreamError &error)
{
    m_producer.disconnect(this);
    m_input.reset();
    if (m_isJson && !m_arguments.data)
        complain(u"%1 lines were appended before this:"_s.arg(m_appended));
    fail(error);
}

void AppendCommand::onFlushed()
{
    report(m_offset);
    emit finished(m_exitCode);
}

void AppendCommand::appendAtOnce()
{
    StreamReply *reply = m_stream.append(m_isJson ? '[' + m_gathered + ']' : m_gathered, m_arguments.sequence);
    connect(reply, &StreamReply::interrupted, this, &AppendCommand::warn);
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (!reply->error().isOk())
            return fail(reply->error());
        m_appended = 1;
        report(reply->nextOffset());
        emit finished(ExitCode::Ok);
    });
}

void AppendCommand::report(const QByteArray &offset)
{
    if (!m_arguments.json)
        return;
    QJsonObject object{
        {"url"_L1, m_arguments.endpoint.url().toString()},
        {"appends"_L1, m_appended},
        {"duplicates"_L1, m_duplicates},
    };
    if (!offset.isEmpty())
        object["offset"_L1] = QString::fromUtf8(offset);
    QTextStream(stdout) << QJsonDocument(object).toJson(QJsonDocument::Compact) << Qt::endl;
}
