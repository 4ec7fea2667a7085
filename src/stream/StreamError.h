// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QDebug>
#include <QMetaType>
#include <QString>
#include <QUrl>

namespace DurableStreams {

/*! The kinds of StreamError, named as in the reference client; `StreamError.NotFound` and so on in QML. */
namespace StreamErrorCode {
Q_NAMESPACE_EXPORT(DURABLESTREAMS_EXPORT)

enum class Value {
    NoError,
    NetworkError, //!< no answer: refused, dropped, unresolved
    Timeout, //!< no answer or no news for too long, or 408
    BadRequest, //!< 400
    Unauthorized, //!< 401
    Forbidden, //!< 403
    NotFound, //!< 404, or 410 without an offset: no such stream
    ConflictExists, //!< 409 on create: another configuration
    ConflictSequence, //!< 409 on append: sequence or content type
    StreamClosed, //!< the stream takes no more appends
    InvalidOffset, //!< 400 or 410 for the offset read from
    RateLimited, //!< 429
    Busy, //!< 5xx but 501: the server's trouble, or the device's own such as a full disk, perhaps passing
    UnexpectedStatus, //!< any other HTTP status, or an answer without protocol headers
    ParseError, //!< bytes that cannot be framed
    WrongContentType, //!< the stream exists with another content type than is needed
    InvalidArgument, //!< refused before it was sent
    Cancelled, //!< closed before it ended
    StreamReplaced, //!< another stream is at the URL now: the one that was read was deleted and made anew
    Superseded, //!< a local write met a newer state, such as an update of a removed row
    StorageInUse, //!< another process or object has the file
    StorageFull, //!< no space on the device, or none left below a limit
    StorageCorrupt, //!< a file on disk is damaged
    StorageFailed //!< a file or its folder cannot be read or written
};
Q_ENUM_NS(Value)
} // namespace StreamErrorCode

/*!
 * How an operation on a stream ended, or what went wrong with one.
 *
 * A value: cheap to copy, safe in any thread. A default-constructed one means success. Messages name the thing and the
 * way out, quote at most 200 characters of a response body, and never hold a header's value or a URL's user
 * information or fragment.
 */
class DURABLESTREAMS_EXPORT StreamError
{
    Q_GADGET
    Q_PROPERTY(DurableStreams::StreamErrorCode::Value code READ code)
    Q_PROPERTY(QString message READ message)
    Q_PROPERTY(int httpStatus READ httpStatus)
    Q_PROPERTY(QUrl url READ url)
    Q_PROPERTY(QByteArray offset READ offset)
    Q_PROPERTY(bool isOk READ isOk)
    Q_PROPERTY(bool isRetryable READ isRetryable)

public:
    using Code = StreamErrorCode::Value;

    StreamError() = default;
    StreamError(Code code, const QString &message, const QUrl &url = {}, int httpStatus = 0,
                const QByteArray &offset = {});

    Code code() const { return m_code; }
    QString message() const { return m_message; }
    /*! The HTTP status that told of the error; 0 where there was none. */
    int httpStatus() const { return m_httpStatus; }
    /*! The stream's URL, without user information and fragment. */
    QUrl url() const { return m_url; }
    /*! The offset that was read from; empty where nothing was read. */
    QByteArray offset() const { return m_offset; }
    bool isOk() const { return m_code == Code::NoError; }
    /*! Whether the same request may succeed later without anybody changing anything. */
    bool isRetryable() const;

    friend bool operator==(const StreamError &, const StreamError &) = default;

private:
    Code m_code = Code::NoError;
    int m_httpStatus = 0;
    QString m_message;
    QUrl m_url;
    QByteArray m_offset;
};

DURABLESTREAMS_EXPORT QDebug operator<<(QDebug debug, const StreamError &error);

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::StreamError)
