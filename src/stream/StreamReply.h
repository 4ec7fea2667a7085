// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QDateTime>
#include <QObject>

#include <memory>

namespace DurableStreams {

/*!
 * One operation on a stream, under way or ended.
 *
 * finished() comes once, always, and never from within the call that began the operation. The values are set by then;
 * those that the server did not give are empty. The Stream owns its replies, which live in its thread; delete one with
 * deleteLater() once it is read.
 */
class DURABLESTREAMS_EXPORT StreamReply : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool isFinished READ isFinished NOTIFY finished)
    Q_PROPERTY(DurableStreams::StreamError error READ error NOTIFY finished)
    Q_PROPERTY(int httpStatus READ httpStatus NOTIFY finished)
    Q_PROPERTY(QByteArray nextOffset READ nextOffset NOTIFY finished)
    Q_PROPERTY(QByteArray contentType READ contentType NOTIFY finished)
    Q_PROPERTY(bool isClosed READ isClosed NOTIFY finished)
    Q_PROPERTY(double timeToLive READ timeToLive NOTIFY finished)
    Q_PROPERTY(QDateTime expiresAt READ expiresAt NOTIFY finished)
    Q_PROPERTY(QByteArray etag READ etag NOTIFY finished)
    Q_PROPERTY(double bytesAppended READ bytesAppended NOTIFY finished)

public:
    ~StreamReply() override;

    bool isFinished() const;
    StreamError error() const;
    /*! The answer's HTTP status; 0 without an answer. */
    int httpStatus() const;
    /*! The stream's tail, behind what was appended (Stream-Next-Offset). */
    QByteArray nextOffset() const;
    QByteArray contentType() const;
    /*! Whether the stream takes no more appends (Stream-Closed). */
    bool isClosed() const;
    /*! Seconds that the stream has left to live (Stream-TTL); -1 without a limit. */
    qint64 timeToLive() const;
    /*! When the stream ends (Stream-Expires-At); invalid without a limit. */
    QDateTime expiresAt() const;

    /*! The entity tag (ETag); empty where the server gave none. */
    QByteArray etag() const;
    /*! How many bytes an append brought into the stream, as far as its answers say. */
    qint64 bytesAppended() const;
    /*! The value of any header of the answer, \a name in any case; empty where there is none. */
    QByteArray header(const QByteArray &name) const;

    /*! Gives the answer up: finished() follows with the code Cancelled. What was sent may still have been done. */
    void cancel();

Q_SIGNALS:
    /*! A try failed with an \a error that may pass; the next one follows in \a retryIn milliseconds. */
    void interrupted(const DurableStreams::StreamError &error, int retryIn);
    void finished();

private:
    friend class Stream;
    class Private;
    explicit StreamReply(QObject *parent);

    const std::unique_ptr<Private> d;
};

} // namespace DurableStreams
