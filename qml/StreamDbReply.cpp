// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamDbReply.h"

#include <QQmlEngine>

namespace DurableStreams {

StreamDbReply::StreamDbReply(const QFuture<StreamError> &future, QQmlEngine *engine)
    : QObject(engine)
{
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &StreamDbReply::finish);
    m_watcher.setFuture(future);
}

void StreamDbReply::finish()
{
    m_error = m_watcher.result();
    m_isFinished = true;
    setParent(nullptr);
    QJSEngine::setObjectOwnership(this, QJSEngine::JavaScriptOwnership);
    emit finished();
}

} // namespace DurableStreams
