// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/SaveWait_p.h"

#include <QFutureWatcher>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace DurableStreams {

SaveWait::SaveWait(QObject *parent, std::chrono::milliseconds limit)
    : QObject(parent)
{
    m_promise.start();
    QTimer::singleShot(limit, this,
                       [this] { end(StreamError(StreamError::Code::Timeout, u"Not all was on disk in time."_s)); });
}

SaveWait::~SaveWait()
{
    end(StreamError(StreamError::Code::Cancelled, u"The StreamDb was deleted before all was on disk."_s));
}

void SaveWait::add(const QFuture<StreamError> &part)
{
    ++m_parts;
    auto *watcher = new QFutureWatcher<StreamError>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        const QFuture<StreamError> ended = watcher->future();
        if (m_error.isOk() && ended.resultCount() > 0)
            m_error = ended.result();
        else if (m_error.isOk())
            m_error = StreamError(StreamError::Code::Cancelled, u"The stream was left before all was on disk."_s);
        if (--m_parts == 0)
            end(m_error);
    });
    watcher->setFuture(part);
}

QFuture<StreamError> SaveWait::begin()
{
    const QFuture<StreamError> future = m_promise.future();
    if (--m_parts == 0)
        end(m_error);
    return future;
}

void SaveWait::end(const StreamError &error)
{
    if (std::exchange(m_hasEnded, true))
        return;
    m_promise.addResult(error);
    m_promise.finish();
    deleteLater();
}

} // namespace DurableStreams
