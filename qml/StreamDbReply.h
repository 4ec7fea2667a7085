// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QFutureWatcher>
#include <QObject>
#include <QtQml/qqml.h>

QT_BEGIN_NAMESPACE
class QQmlEngine;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * What a StreamDb in QML was asked to wait for, under way or ended: in C++ a QFuture.
 *
 * finished() comes once, never from within the call that gave the reply, and `error` is set by then. Nobody has to keep
 * the reply: the engine owns it while it is under way, and then it goes when JavaScript has let go of it.
 */
class StreamDbReply : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool isFinished READ isFinished NOTIFY finished FINAL)
    Q_PROPERTY(DurableStreams::StreamError error READ error NOTIFY finished FINAL)
    QML_ELEMENT
    QML_UNCREATABLE("A StreamDbReply is made by StreamDb.awaitTxId()")

public:
    StreamDbReply(const QFuture<StreamError> &future, QQmlEngine *engine);

    bool isFinished() const { return m_isFinished; }
    /*! No error until it has finished. */
    StreamError error() const { return m_error; }

Q_SIGNALS:
    void finished();

private:
    void finish();

    QFutureWatcher<StreamError> m_watcher;
    StreamError m_error;
    bool m_isFinished = false;
};

} // namespace DurableStreams
