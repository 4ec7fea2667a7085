// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/HttpExchange_p.h"

#include <QNetworkRequest>

#include <algorithm>

namespace DurableStreams {

namespace {

constexpr qint64 PieceSize = 1024 * 1024;
constexpr qsizetype RefusalSize = 4096;

constexpr int RedirectsAllowed = 5;

bool isWrite(HttpExchange::Verb verb)
{
    return verb != HttpExchange::Verb::Get && verb != HttpExchange::Verb::Head;
}

bool isSameOrigin(const QUrl &a, const QUrl &b)
{
    const int defaultPort = a.scheme() == QLatin1StringView("https") ? 443 : 80;
    return a.scheme() == b.scheme() && a.host() == b.host() && a.port(defaultPort) == b.port(defaultPort);
}

QNetworkReply *issue(QNetworkAccessManager *network, HttpExchange::Verb verb, const QNetworkRequest &request,
                     const QByteArray &body)
{
    switch (verb) {
    case HttpExchange::Verb::Get:
        return network->get(request);
    case HttpExchange::Verb::Head:
        return network->head(request);
    case HttpExchange::Verb::Put:
        return network->put(request, body);
    case HttpExchange::Verb::Post:
        return network->post(request, body);
    case HttpExchange::Verb::Delete:
        return network->deleteResource(request);
    }
    Q_UNREACHABLE();
}

} // namespace

HttpExchange::HttpExchange(QObject *parent)
    : QObject(parent)
    , m_silenceTimer(this)
{
    m_silenceTimer.setSingleShot(true);
    connect(&m_silenceTimer, &QTimer::timeout, this, &HttpExchange::onSilence);
}

HttpExchange::~HttpExchange()
{
    cancel();
}

void HttpExchange::start(QNetworkAccessManager *network, Verb verb, const QNetworkRequest &request,
                         std::chrono::milliseconds silenceLimit, const QByteArray &body)
{
    cancel();
    m_network = network;
    m_verb = verb;
    m_body = body;
    m_redirects = 0;
    m_bodyBytes = 0;
    m_timedOut = false;
    m_networkError = QNetworkReply::NoError;
    m_networkErrorText.clear();
    m_running = true;
    // Qt would turn a redirected POST into a GET, whose answer looks like an accepted append.
    QNetworkRequest own = request;
    if (isWrite(verb))
        own.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    send(own);
    setSilenceLimit(silenceLimit);
}

void HttpExchange::send(const QNetworkRequest &request)
{
    m_url = request.url();
    m_status = 0;
    m_reasonPhrase.clear();
    m_refusal.clear();
    m_headers.clear();
    m_reply = issue(m_network, m_verb, request, m_body);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &HttpExchange::readHeaders);
    connect(m_reply, &QIODevice::readyRead, this, &HttpExchange::drain);
    connect(m_reply, &QNetworkReply::finished, this, &HttpExchange::finish);
    connect(m_reply, &QNetworkReply::uploadProgress, this, [this] { m_lastSign.start(); });
}

/* Only 307 and 308 let a write stay what it is. */
bool HttpExchange::followWrite()
{
    const QUrl target = m_url.resolved(QUrl::fromEncoded(header("Location")));
    const bool keepsVerb = m_status == 307 || m_status == 308;
    if (!isWrite(m_verb) || !keepsVerb || !isSameOrigin(m_url, target) || m_redirects == RedirectsAllowed)
        return false;
    ++m_redirects;
    QNetworkRequest request = m_reply->request();
    request.setUrl(target);
    m_reply->disconnect(this);
    m_reply->deleteLater();
    send(request);
    return true;
}

void HttpExchange::cancel()
{
    m_running = false;
    m_silenceTimer.stop();
    if (QNetworkReply *reply = m_reply) {
        m_reply.clear();
        reply->disconnect(this);
        // Later, as Qt does not bear it within the signals of a reply that is just ending by itself.
        QMetaObject::invokeMethod(reply, &QNetworkReply::abort, Qt::QueuedConnection);
        reply->deleteLater();
    }
}

void HttpExchange::setSilenceLimit(std::chrono::milliseconds limit)
{
    m_silenceLimit = limit;
    m_lastSign.start();
    watchSilence();
}

QByteArray HttpExchange::header(const QByteArray &name) const
{
    const auto found = std::find_if(m_headers.begin(), m_headers.end(), [&](const QNetworkReply::RawHeaderPair &pair) {
        return pair.first.compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == m_headers.end() ? QByteArray() : found->second.trimmed();
}

bool HttpExchange::hasHeader(const QByteArray &name) const
{
    return std::any_of(m_headers.begin(), m_headers.end(), [&](const QNetworkReply::RawHeaderPair &pair) {
        return pair.first.compare(name, Qt::CaseInsensitive) == 0;
    });
}

void HttpExchange::readHeaders()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool mayBeFollowed = status >= 300 && status < 400 && !m_reply->isFinished();
    if (m_status != 0 || status == 0 || mayBeFollowed)
        return;
    m_lastSign.start();
    m_status = status;
    m_headers = m_reply->rawHeaderPairs();
    m_reasonPhrase = m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toByteArray();
    emit headersReceived();
}

void HttpExchange::drain()
{
    const QPointer<HttpExchange> alive(this);
    const QPointer<QNetworkReply> reply = m_reply;
    m_lastSign.start();
    readHeaders();
    while (alive && reply && m_reply == reply && reply->bytesAvailable() > 0) {
        const QByteArray piece = reply->read(std::min(PieceSize, reply->bytesAvailable()));
        if (isSuccess()) {
            m_bodyBytes += piece.size();
            emit bytesReceived(piece);
        } else {
            m_refusal.append(piece.first(std::min(piece.size(), RefusalSize - m_refusal.size())));
        }
    }
}

void HttpExchange::finish()
{
    const QPointer<HttpExchange> alive(this);
    const QPointer<QNetworkReply> reply = m_reply;
    drain();
    if (!alive || !reply || m_reply != reply || followWrite())
        return;
    m_networkError = reply->error();
    m_networkErrorText = m_networkError == QNetworkReply::NoError ? QString() : reply->errorString();
    if (m_networkError == QNetworkReply::NoError && isCutShort()) {
        m_networkError = QNetworkReply::RemoteHostClosedError;
        m_networkErrorText = QStringLiteral("the connection closed before the whole answer had come");
    }
    m_running = false;
    m_silenceTimer.stop();
    m_reply.clear();
    reply->disconnect(this);
    reply->deleteLater();
    emit finished();
}

/* Qt takes an answer for whole whose connection closes right behind the head. A decoded body has no length to compare.
 */
bool HttpExchange::isCutShort() const
{
    bool isKnown = false;
    const qint64 length = header("Content-Length").toLongLong(&isKnown);
    const bool hasBody = m_verb != Verb::Head && isSuccess() && m_status != 204;
    return hasBody && isKnown && !hasHeader("Content-Encoding") && m_bodyBytes < length;
}

void HttpExchange::watchSilence()
{
    if (m_running && m_silenceLimit.count() > 0)
        m_silenceTimer.start(
            std::max(m_silenceLimit - std::chrono::milliseconds(m_lastSign.elapsed()), std::chrono::milliseconds(1)));
}

void HttpExchange::onSilence()
{
    if (std::chrono::milliseconds(m_lastSign.elapsed()) < m_silenceLimit) {
        watchSilence();
        return;
    }
    cancel();
    m_timedOut = true;
    emit finished();
}

} // namespace DurableStreams
