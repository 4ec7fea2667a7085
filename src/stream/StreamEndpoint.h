// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QUrl>

#include <utility>

QT_BEGIN_NAMESPACE
class QNetworkRequest;
QT_END_NAMESPACE

namespace DurableStreams {

/*!
 * Where a stream is, and which headers go along with each request to it.
 *
 * A value, safe in any thread. The headers are sent to the URL's own origin only: a redirect to another one is not
 * followed. Header values never show in messages.
 */
class DURABLESTREAMS_EXPORT StreamEndpoint
{
public:
    using Headers = QList<std::pair<QByteArray, QByteArray>>;
    using Query = QList<std::pair<QByteArray, QByteArray>>;

    StreamEndpoint() = default;
    explicit StreamEndpoint(const QUrl &url, const Headers &headers = {});

    /*! The stream's URL, http or https; its fragment is never sent. */
    QUrl url() const { return m_url; }
    Headers headers() const { return m_headers; }

    /*! Ok, or an error of code InvalidArgument that says why no stream can be at this URL. */
    StreamError check() const;

    /*!
     * A request for the stream with \a query (name and raw value) beside the URL's own query, in lexicographic order of
     * the names (protocol section 8.1), HTTP/1.1 only, uncompressed when the host is this machine.
     */
    QNetworkRequest request(const Query &query = {}) const;

    friend bool operator==(const StreamEndpoint &, const StreamEndpoint &) = default;

private:
    QUrl m_url;
    Headers m_headers;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::StreamEndpoint)
