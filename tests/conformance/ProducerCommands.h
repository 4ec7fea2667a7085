// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Wire.h"

#include <DurableStreams/Producer>

#include <QObject>

#include <map>
#include <memory>

class Environment;

/*
 * The commands of idempotent producers. One that appends or closes lives on, by its stream, id and epoch, so that the
 * next command continues its sequence; a batch has a producer of its own.
 */
class ProducerCommands : public QObject
{
    Q_OBJECT

public:
    explicit ProducerCommands(Environment &environment);

    void append(const QJsonObject &command, const Wire::Done &done);
    void appendBatch(const QJsonObject &command, const Wire::Done &done);
    void close(const QJsonObject &command, const Wire::Done &done);
    void detach(const QJsonObject &command, const Wire::Done &done);
    void clear() { m_producers.clear(); }

private:
    using Producer = DurableStreams::Producer;
    using OnAnswer = std::function<void(const DurableStreams::AppendAnswer &)>;

    std::unique_ptr<Producer> newProducer(const QJsonObject &command) const;
    Producer *producerFor(const QJsonObject &command);
    void answerOnce(Producer *producer, quint64 id, const OnAnswer &then);

    Environment &m_environment;
    std::map<QString, std::unique_ptr<Producer>> m_producers;
    quint64 m_lastId = 0;
};
