// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "OutboxFile_p.h"

#include <DurableStreams/OutboxStore>

#include <QPromise>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

namespace DurableStreams {

/*!
 * An OutboxStore on an OutboxFile: what is asked for is posted to the object's thread, and what waits there at one time
 * is one transaction of SQLite. What is done again after a crash waits a moment for company, as each transaction
 * waits for the disk.
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
    QFuture<StreamError> freeze(const QList<ProducerBatch> &batches) override;
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

    enum class Haste {
        AtOnce,
        MayWait // it is done again where it is lost
    };
    QFuture<StreamError> post(std::function<StreamError(OutboxFile &)> work, Haste haste = Haste::AtOnce);

    // All in the object's thread.
    OutboxContent loadNow(const QByteArray &stream);
    StreamError clearNow();
    void take(Step step, Haste haste);
    void save();
    void watchLog();
    void saveApart(const Step *begin, const Step *end);
    StreamError save(const Step *begin, const Step *end);

    OutboxFile m_file;
    StreamError m_whyNotOpen;
    std::vector<Step> m_waiting;
    bool m_isSaveDue = false; // behind what is posted already
    bool m_wasFull = false; // the disk, as one of the last saves said
    QTimer m_restTimer; // while the log is long, and nobody would have to wait for it soon
    QTimer m_timer; // for what may wait
};

} // namespace DurableStreams
