// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamEndpoint.h"

#include <QHostAddress>
#include <QNetworkRequest>
#include <QPromise>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

QByteArray nameOf(const QByteArray &item)
{
    return item.split('=').first();
}

/*
 * QUrlQuery leaves '+' as it is, which servers read as a space; so the query is put together from encoded parts. What
 * is added takes the place of what has the same name.
 */
QString mergedQuery(const QUrl &url, const StreamEndpoint::Query &added)
{
    QList<QByteArray> items;
    const QByteArray own = url.query(QUrl::FullyEncoded).toLatin1();
    if (!own.isEmpty())
        items = own.split('&');
    for (const auto &[name, value] : added) {
        items.removeIf([&name = name](const QByteArray &item) { return nameOf(item) == name; });
        items.append(name + '=' + value.toPercentEncoding());
    }
    std::stable_sort(items.begin(), items.end(),
                     [](const QByteArray &a, const QByteArray &b) { return nameOf(a) < nameOf(b); });
    return QString::fromLatin1(items.join('&'));
}

QFuture<StreamEndpoint::Fields> ready(const StreamEndpoint::Fields &fields)
{
    QPromise<StreamEndpoint::Fields> promise;
    promise.start();
    promise.addResult(fields);
    promise.finish();
    return promise.future();
}

} // namespace

StreamEndpoint::StreamEndpoint(const QUrl &url, const Headers &headers)
    : m_url(url)
    , m_headers(headers)
{
}

StreamError StreamEndpoint::check() const
{
    const auto refuse = [this](const QString &reason) {
        return StreamError(StreamError::Code::InvalidArgument, reason, m_url);
    };
    if (m_url.isEmpty())
        return refuse(u"The stream's URL is empty. Set it to the address of a stream."_s);
    if (!m_url.isValid())
        return refuse(u"The stream's URL is not valid: %1."_s.arg(
            m_url.errorString().section(u';', 0, 0))); // more of it quotes the whole URL
    if (m_url.scheme().isEmpty())
        return refuse(u"The stream's URL has no http or https at its beginning. Use an address such as "
                      "http://host:4437/v1/stream/name."_s);
    if (m_url.scheme() != "http"_L1 && m_url.scheme() != "https"_L1)
        return refuse(u"The stream's URL begins with “%1:”. Use an http or https address."_s.arg(m_url.scheme()));
    if (m_url.host().isEmpty())
        return refuse(u"The stream's URL names no host. Use an address such as http://host:4437/v1/stream/name."_s);
    return {};
}

bool StreamEndpoint::isLoopback() const
{
    return m_url.host() == "localhost"_L1 || QHostAddress(m_url.host()).isLoopback();
}

void StreamEndpoint::setFieldSource(const FieldSource &source)
{
    if (source)
        m_fieldSource = [source](Occasion) { return ready(source()); };
    else
        m_fieldSource = {};
}

QNetworkRequest StreamEndpoint::request(const Query &query, const Fields &fields) const
{
    QUrl url = m_url.adjusted(QUrl::RemoveFragment | QUrl::RemoveUserInfo);
    if (const QString merged = mergedQuery(url, fields.query + query); !merged.isEmpty())
        url.setQuery(merged, QUrl::TolerantMode);
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::SameOriginRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    if (isLoopback())
        request.setRawHeader("Accept-Encoding", "identity");
    // Qt would send it only once it is asked for, and then again what leaves once only.
    if (!m_url.userInfo().isEmpty()) {
        const QString credentials = m_url.userName() + u':' + m_url.password();
        request.setRawHeader("Authorization", "Basic " + credentials.toUtf8().toBase64());
    }
    for (const auto &[name, value] : m_headers + fields.headers)
        request.setRawHeader(name, value);
    return request;
}

} // namespace DurableStreams
