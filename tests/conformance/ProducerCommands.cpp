// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ProducerCommands.h"

#include "Environment.h"

#include <QJsonArray>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// What the suite calls a success, whichever of 200 and 204 the server chose.
constexpr int Accepted = 200;

QString keyOf(const QJsonObject &command)
{
    return u"%1|%2|%3"_s.arg(command["path"_L1].toString(), command["producerId"_L1].toString())
        .arg(command["epoch"_L1].toInteger());
}

} // namespace

ProducerCommands::ProducerCommands(Environment &environment)
    : m_environment(environment)
{
}

std::unique_ptr<Producer> ProducerCommands::newProducer(const QJsonObject &command) const
{
    auto producer = std::make_unique<Producer>(&m_environment.network);
    producer->setEndpoint(m_environment.endpoint(command));
    producer->setContentType(m_environment.contentType(command["path"_L1].toString()));
    producer->setRetryPolicy(Environment::retryPolicy());
    producer->setRequestLimit(m_environment.requestLimit());
    producer->setId(command["producerId"_L1].toString().toUtf8());
    producer->setEpoch(command["epoch"_L1].toInteger());
    producer->setAutoClaim(command["autoClaim"_L1].toBool());
    producer->setLinger(0ms);
    return producer;
}

Producer *ProducerCommands::producerFor(const QJsonObject &command)
{
    std::unique_ptr<Producer> &producer = m_producers[keyOf(command)];
    if (!producer)
        producer = newProducer(command);
    return producer.get();
}

void ProducerCommands::answerOnce(Producer *producer, quint64 id, const OnAnswer &then)
{
    auto *context = new QObject(producer);
    QObject::connect(producer, &Producer::answered, context, [=](quint64 answeredId, const AppendAnswer &answer) {
        if (answeredId != id)
            return;
        context->deleteLater();
        then(answer);
    });
}

void ProducerCommands::append(const QJsonObject &command, const Wire::Done &done)
{
    Producer *producer = producerFor(command);
    const quint64 id = ++m_lastId;
    answerOnce(producer, id, [=](const AppendAnswer &answer) {
        if (!answer.error.isOk())
            return done(Wire::failure(command, answer.error));
        QJsonObject fields{
            {"status"_L1, Accepted},
            {"duplicate"_L1, answer.duplicate},
            {"producerSeq"_L1, answer.sequence},
        };
        if (!answer.nextOffset.isEmpty())
            fields["offset"_L1] = QString::fromUtf8(answer.nextOffset);
        done(Wire::success(command, fields));
    });
    producer->append(id, Wire::data(command));
    producer->flush();
}

void ProducerCommands::appendBatch(const QJsonObject &command, const Wire::Done &done)
{
    Producer *producer = newProducer(command).release();
    producer->setParent(this);
    const int inFlight = command["maxInFlight"_L1].toInt(1);
    producer->setMaximumInFlight(inFlight);
    // Several requests at once need several batches; else all items shall share one.
    if (inFlight > 1)
        producer->setMaximumBatchCount(1);
    else
        producer->setLinger(1s);
    QObject::connect(producer, &Producer::flushed, this, [=, this](const StreamError &error) {
        producer->disconnect(this);
        producer->deleteLater();
        const QJsonObject fields{{"status"_L1, Accepted}, {"producerSeq"_L1, producer->nextSequence() - 1}};
        done(error.isOk() ? Wire::success(command, fields) : Wire::failure(command, error));
    });
    const QJsonArray items = command["items"_L1].toArray();
    for (const auto &item : items)
        producer->append(++m_lastId, item.toString().toUtf8());
    producer->detach();
}

void ProducerCommands::close(const QJsonObject &command, const Wire::Done &done)
{
    Producer *producer = producerFor(command);
    const quint64 id = ++m_lastId;
    answerOnce(producer, id, [=](const AppendAnswer &answer) {
        if (!answer.error.isOk())
            return done(Wire::failure(command, answer.error));
        const QJsonObject fields{{"status"_L1, Accepted}, {"finalOffset"_L1, QString::fromUtf8(answer.nextOffset)}};
        done(Wire::success(command, fields));
    });
    producer->close(id, Wire::data(command));
}

void ProducerCommands::detach(const QJsonObject &command, const Wire::Done &done)
{
    Producer *producer = producerFor(command);
    QObject::connect(producer, &Producer::flushed, this, [=, this](const StreamError &error) {
        producer->disconnect(this);
        m_producers[keyOf(command)].release()->deleteLater();
        m_producers.erase(keyOf(command));
        done(error.isOk() ? Wire::success(command, {{"status"_L1, Accepted}}) : Wire::failure(command, error));
    });
    producer->detach();
}
