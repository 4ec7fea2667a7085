// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QFuture>
#include <QList>
#include <QMetaType>
#include <QUrl>

#include <functional>
#include <utility>

QT_BEGIN_NAMESPACE
class QNetworkRequest;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * Where a stream is, and what goes along with each request to it: headers and query parameters, fixed or made anew for
 * each request by a function of the app.
 *
 * A value, safe in any thread. They are sent to the URL's own origin only: a redirect to another one is not followed.
 * Header values and query values never show in messages.
 */
class DURABLESTREAMS_EXPORT StreamEndpoint
{
public:
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    using Query = QList<std::pair<QByteArray, QByteArray>>;

    /*! What one request carries besides the fixed headers and the URL's own query; it goes before both. */
    struct Fields
    {
        Headers headers;
        Query query;
    };
    enum class Occasion {
        Request, //!< a request is about to leave
        Unauthorized //!< it was answered 401: what went along is no longer good
    };
    using FieldSource = std::function<Fields()>;
    using AsyncFieldSource = std::function<QFuture<Fields>(Occasion)>;

    StreamEndpoint() = default;
    explicit StreamEndpoint(const QUrl &url, const Headers &headers = {});

    /*! The stream's URL, http or https; its fragment is never sent, a user and password in it as Basic authorization.
     */
    QUrl url() const { return m_url; }
    /*!
     * Whether the stream is on this machine itself, by the host's name or address. Then compression, and keeping the
     * connection of a large write, cost more than they save, and are left out.
     */
    bool isLoopback() const;
    Headers headers() const { return m_headers; }
    void setHeaders(const Headers &headers) { m_headers = headers; }

    /*! Calls \a source for every request, in the thread of the network work, just before it leaves. */
    void setFieldSource(const FieldSource &source);
    /*!
     * The same for fields that take time, such as a token that must be fetched. After a 401 \a source is asked once
     * more for that request, with Occasion::Unauthorized, and the request sent again. A future that is cancelled, fails
     * or holds nothing ends the request with StreamError::Code::Unauthorized.
     */
    void setAsyncFieldSource(const AsyncFieldSource &source) { m_fieldSource = source; }
    const AsyncFieldSource &fieldSource() const { return m_fieldSource; }

    /*! Ok, or an error of code InvalidArgument that says why no stream can be at this URL. */
    StreamError check() const;

    /*!
     * A request for the stream with \a fields, and \a query (name and raw value) beside the URL's own query, in
     * lexicographic order of the names (protocol section 8.1), uncompressed when the host is this machine.
     */
    QNetworkRequest request(const Query &query = {}, const Fields &fields = {}) const;

private:
    QUrl m_url;
    Headers m_headers;
    AsyncFieldSource m_fieldSource;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::StreamEndpoint)
