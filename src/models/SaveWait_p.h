// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QFuture>
#include <QObject>
#include <QPromise>

#include <chrono>

namespace DurableStreams {

/*! One wait for all that was asked for to be on disk. Deletes itself at its end. */
class SaveWait : public QObject
{
    Q_OBJECT

public:
    /*! Ends with Timeout after \a limit, and with Cancelled when \a parent is deleted. */
    SaveWait(QObject *parent, std::chrono::milliseconds limit);
    ~SaveWait() override;

    void add(const QFuture<StreamError> &part);
    /*! Ends with all parts, or their first error. */
    QFuture<StreamError> begin();

private:
    void end(const StreamError &error);

    QPromise<StreamError> m_promise;
    StreamError m_error; // the first one
    int m_parts = 1; // begin() is one
    bool m_hasEnded = false;
};

} // namespace DurableStreams
