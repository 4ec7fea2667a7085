// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "OutboxFile_p.h"

#include <DurableStreams/OutboxStore>

#include <QPromise>
#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace DurableStreams {

/*!
 * An OutboxStore on an OutboxFile: what is asked for is posted to the object's thread, and what waits there at one time
 * is one transaction of SQLite.
 */
class SqliteOutbox : public OutboxStore
{
    Q_OBJECT

public:
    explicit SqliteOutbox(const QString &path);
    ~SqliteOutbox() override;

    QFuture<OutboxContent> load(const QByteArray &stream) override;
    QFuture<StreamError> add(const OutboxTransaction &transaction) override;
    QFuture<StreamError> replace(const OutboxTransaction &transaction) override;
    QFuture<StreamError> freeze(const ProducerBatch &batch) override;
    QFuture<StreamError> answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset) override;
    QFuture<StreamError> setProducer(const ProducerState &producer) override;
    QFuture<StreamError> fail(quint64 sequence, const StreamError &error) override;
    QFuture<StreamError> remove(const QList<quint64> &sequences) override;
    QFuture<StreamError> clear() override;
    void close() override;

private:
    struct Step
    {
        std::function<StreamError(OutboxFile &)> work;
        std::shared_ptr<QPromise<StreamError>> promise;
    };

    QFuture<StreamError> post(std::function<StreamError(OutboxFile &)> work);

    // All in the object's thread.
    OutboxContent loadNow(const QByteArray &stream);
    StreamError clearNow();
    void take(Step step);
    void save();
    StreamError save(const Step *begin, const Step *end);

    OutboxFile m_file;
    StreamError m_whyNotOpen;
    std::vector<Step> m_waiting;
};

} // namespace DurableStreams
