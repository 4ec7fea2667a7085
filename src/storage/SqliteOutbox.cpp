// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SqliteOutbox_p.h"

#include "Posted_p.h"

#include <QCoreApplication>
#include <QEvent>
#include <QThread>

#include <algorithm>
#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace DurableStreams {

namespace {

constexpr auto Company = 20ms; // how long what may wait does so
constexpr auto Rest = 300ms; // without a save, before the log is shortened
constexpr qint64 LongLog = 4 * 1024 * 1024; // bytes, from which on it is
constexpr qint64 LongestLog = 16 * LongLog; // beyond it, without a rest

} // namespace

SqliteOutbox::SqliteOutbox(const QString &path)
    : m_file(path)
    , m_whyNotOpen(StreamError::Code::StorageFailed, u"The outbox was not loaded yet."_s)
    , m_restTimer(this)
    , m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] { save(); });
    m_restTimer.setSingleShot(true);
    connect(&m_restTimer, &QTimer::timeout, this, [this] { m_file.shortenLog(); });
}

SqliteOutbox::~SqliteOutbox()
{
    // Its thread may have ended, and what was not saved by then is not.
    if (thread() != QThread::currentThread())
        return;
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
    save();
}

QFuture<OutboxContent> SqliteOutbox::load(const QByteArray &stream)
{
    return posted(this, [this, stream] { return loadNow(stream); });
}

QFuture<StreamError> SqliteOutbox::add(const OutboxTransaction &transaction)
{
    return post([transaction](OutboxFile &file) { return file.add(transaction); });
}

QFuture<StreamError> SqliteOutbox::replace(const OutboxTransaction &transaction)
{
    return post([transaction](OutboxFile &file) { return file.replace(transaction); });
}

QFuture<StreamError> SqliteOutbox::freeze(const QList<ProducerBatch> &batches)
{
    return post([batches](OutboxFile &file) {
        StreamError error;
        for (const ProducerBatch &batch : batches) {
            if (error.isOk())
                error = file.freeze(batch);
        }
        return error;
    });
}

QFuture<StreamError> SqliteOutbox::answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset)
{
    // Where that is lost the batch goes out again as it is, and the server knows it.
    return post([=](OutboxFile &file) { return file.answer(epoch, sequence, nextOffset); }, Haste::MayWait);
}

QFuture<StreamError> SqliteOutbox::setProducer(const ProducerState &producer)
{
    return post([producer](OutboxFile &file) { return file.setProducer(producer); });
}

QFuture<StreamError> SqliteOutbox::fail(quint64 sequence, const StreamError &error)
{
    return post([sequence, error](OutboxFile &file) { return file.fail(sequence, error); });
}

QFuture<StreamError> SqliteOutbox::remove(const QList<quint64> &sequences)
{
    return post([sequences](OutboxFile &file) { return file.remove(sequences); });
}

QFuture<StreamError> SqliteOutbox::clear()
{
    return posted(this, [this] { return clearNow(); });
}

void SqliteOutbox::close()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            save();
            m_restTimer.stop();
            m_file.close();
            m_whyNotOpen = StreamError(StreamError::Code::StorageFailed, u"The outbox was closed."_s);
        },
        Qt::QueuedConnection);
}

QFuture<StreamError> SqliteOutbox::post(std::function<StreamError(OutboxFile &)> work, Haste haste)
{
    const Step step{std::move(work), std::make_shared<QPromise<StreamError>>()};
    step.promise->start();
    QMetaObject::invokeMethod(this, [this, step, haste] { take(step, haste); }, Qt::QueuedConnection);
    return step.promise->future();
}

OutboxContent SqliteOutbox::loadNow(const QByteArray &stream)
{
    OutboxContent content = m_file.open(stream);
    m_whyNotOpen = m_file.isOpen() ? StreamError() : content.error;
    return content;
}

StreamError SqliteOutbox::clearNow()
{
    save();
    return m_file.isOpen() ? m_file.clear() : m_whyNotOpen;
}

void SqliteOutbox::take(Step step, Haste haste)
{
    m_waiting.push_back(std::move(step));
    if (haste == Haste::AtOnce && !std::exchange(m_isSaveDue, true))
        QMetaObject::invokeMethod(this, [this] { save(); }, Qt::QueuedConnection);
    else if (haste == Haste::MayWait && !m_timer.isActive())
        m_timer.start(Company);
}

void SqliteOutbox::save()
{
    m_isSaveDue = false;
    m_timer.stop();
    const std::vector<Step> steps = std::exchange(m_waiting, {});
    if (steps.empty())
        return;
    saveApart(steps.data(), steps.data() + steps.size());
    watchLog();
}

void SqliteOutbox::watchLog()
{
    m_restTimer.stop();
    const bool needsRoom = std::exchange(m_wasFull, false);
    if (!m_file.isOpen())
        return;
    const qint64 size = m_file.logSize();
    if (size > LongestLog || (needsRoom && size > LongLog))
        m_file.shortenLog();
    else if (size > LongLog)
        m_restTimer.start(Rest);
}

// What fails, fails alone: among many that contradict nothing, one that does costs a few tries.
void SqliteOutbox::saveApart(const Step *begin, const Step *end)
{
    const StreamError error = save(begin, end);
    if (error.isOk() || end - begin == 1) {
        for (const Step *step = begin; step != end; ++step) {
            step->promise->addResult(error);
            step->promise->finish();
        }
        return;
    }
    const bool isOfOne = error.code() == StreamError::Code::InvalidArgument;
    const std::ptrdiff_t size = isOfOne ? (end - begin + 1) / 2 : 1;
    for (const Step *part = begin; part != end;) {
        const Step *partEnd = part + std::min(size, end - part);
        saveApart(part, partEnd);
        part = partEnd;
    }
}

StreamError SqliteOutbox::save(const Step *begin, const Step *end)
{
    if (!m_file.isOpen())
        return m_whyNotOpen;
    StreamError error = m_file.begin();
    if (!error.isOk())
        return error;
    for (const Step *step = begin; step != end && error.isOk(); ++step)
        error = step->work(m_file);
    if (error.isOk())
        error = m_file.commit();
    if (!error.isOk())
        m_file.rollBack();
    m_wasFull = m_wasFull || error.code() == StreamError::Code::StorageFull;
    return error;
}

} // namespace DurableStreams
