// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/HttpExchange_p.h"

#include "stream/LowDelay_p.h"
#include "stream/OneShotBody_p.h"
#include "stream/StreamNetwork_p.h"

#include <QUrlQuery>

#include <algorithm>

namespace DurableStreams {

namespace {

constexpr qint64 PieceSize = 1024 * 1024;
constexpr qint64 CompressedPieceSize = 64 * 1024;
constexpr qsizetype RefusalSize = 4096;
constexpr qint64 RefusalRead = 64 * 1024; // what follows is not waited for

constexpr int RedirectsAllowed = 5;

bool isWrite(HttpCall::Verb verb)
{
    return verb != HttpCall::Verb::Get && verb != HttpCall::Verb::Head;
}

quint16 portOf(const QUrl &url)
{
    return quint16(url.port(url.scheme() == QLatin1StringView("https") ? 443 : 80));
}

bool isSameOrigin(const QUrl &a, const QUrl &b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() && portOf(a) == portOf(b);
}

} // namespace

qint64 HttpCall::bodySize() const
{
    return device ? device->size() - device->pos() : body.size();
}

HttpExchange::HttpExchange(QObject *parent)
    : QObject(parent)
    , m_silenceTimer(this)
    , m_connectTimer(this)
{
    m_silenceTimer.setSingleShot(true);
    m_connectTimer.setSingleShot(true);
    connect(&m_silenceTimer, &QTimer::timeout, this, [this] { afterNews(&HttpExchange::onSilence); });
    connect(&m_connectTimer, &QTimer::timeout, this, [this] { afterNews(&HttpExchange::onConnectLimit); });
}

HttpExchange::~HttpExchange()
{
    cancel();
}

void HttpExchange::start(StreamNetwork *network, const HttpCall &call, Milliseconds silenceLimit,
                         QNetworkAccessManager *connections)
{
    cancel();
    m_network = network;
    m_call = call;
    m_url = call.endpoint.url();
    m_request = {};
    m_fieldsSent = {};
    m_deviceStart = call.device ? call.device->pos() : 0;
    m_redirects = 0;
    m_bodyBytes = 0;
    m_timedOut = m_askedAgain = m_lacksFields = m_sent = m_bodySent = false;
    m_networkError = QNetworkReply::NoError;
    m_networkErrorText.clear();
    m_running = true;
    setSilenceLimit(silenceLimit);
    m_connections = connections || !network ? connections : network->d->requestConnections();
    if (call.endpoint.fieldSource())
        askForFields(Occasion::Request);
    else
        send({});
}

/* The function may answer in its own time, and do anything meanwhile. */
void HttpExchange::askForFields(Occasion occasion)
{
    const QPointer<HttpExchange> alive(this);
    const StreamEndpoint::AsyncFieldSource source = m_call.endpoint.fieldSource();
    const QFuture<StreamEndpoint::Fields> fields = source(occasion);
    if (!alive || !m_running)
        return;
    if (fields.isFinished() && fields.resultCount() > 0 && !fields.isCanceled())
        send(fields.resultAt(0));
    else
        waitForFields(fields);
}

void HttpExchange::waitForFields(const QFuture<StreamEndpoint::Fields> &fields)
{
    m_fields = new QFutureWatcher<StreamEndpoint::Fields>(this);
    connect(m_fields, &QFutureWatcherBase::finished, this, &HttpExchange::takeFields);
    m_fields->setFuture(fields);
}

void HttpExchange::forgetFields()
{
    if (m_fields) {
        m_fields->disconnect(this);
        m_fields->deleteLater();
        m_fields.clear();
    }
}

void HttpExchange::takeFields()
{
    const QFuture<StreamEndpoint::Fields> fields = m_fields->future();
    forgetFields();
    if (fields.resultCount() > 0 && !fields.isCanceled())
        return send(fields.resultAt(0));
    m_lacksFields = true;
    endLater(QStringLiteral("nothing to send along was given"));
}

void HttpExchange::send(const StreamEndpoint::Fields &fields)
{
    if (!m_network || !m_connections)
        return endLater(QStringLiteral("its StreamNetwork was deleted"));
    m_fieldsSent = fields;
    QNetworkRequest request = m_call.endpoint.request(m_call.query, fields);
    for (const auto &[name, value] : std::as_const(m_call.headers))
        request.setRawHeader(name, value);
    request.setMaximumRedirectsAllowed(RedirectsAllowed);
    // Qt would turn a redirected POST into a GET, whose answer looks like an accepted append.
    if (isWrite(m_call.verb))
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    // Asked for by itself, so that Qt leaves the unpacking to GzipDecoder.
    if (!request.hasRawHeader("Accept-Encoding"))
        request.setRawHeader("Accept-Encoding", "gzip");
    m_network->d->prepare(request);
    issue(request);
}

void HttpExchange::issue(const QNetworkRequest &request)
{
    m_request = request;
    m_url = request.url();
    m_status = 0;
    m_reasonPhrase.clear();
    m_refusal.clear();
    m_refusedBytes = 0;
    m_headers.clear();
    m_decoder.reset();
    m_transferredBytes = 0;
    m_body.clear();
    m_bodyRead = 0;
    m_sent = m_bodySent = m_hasUnknownCoding = m_isUndecodable = false;
    if (m_call.hasDevice && (!m_call.device || !m_call.device->seek(m_deviceStart)))
        return endLater(QStringLiteral("the device to send cannot be read from where it stood"));
    switch (m_call.verb) {
    case Verb::Get:
        m_reply = m_connections->get(request);
        break;
    case Verb::Head:
        m_reply = m_connections->head(request);
        break;
    case Verb::Put:
        m_reply = m_call.device ? m_connections->put(request, m_call.device) : m_connections->put(request, m_call.body);
        break;
    case Verb::Post:
        m_reply = post(request);
        break;
    case Verb::Delete:
        m_reply = m_connections->deleteResource(request);
        break;
    }
    if (m_readBufferSize > 0)
        m_reply->setReadBufferSize(m_readBufferSize);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &HttpExchange::readHeaders);
    connect(m_reply, &QIODevice::readyRead, this, &HttpExchange::drain);
    connect(m_reply, &QNetworkReply::finished, this, &HttpExchange::finish);
    connect(m_reply, &QObject::destroyed, this, [this] { endLater(QStringLiteral("its StreamNetwork was deleted")); });
    connect(m_reply, &QNetworkReply::requestSent, this, &HttpExchange::onRequestSent);
    connect(m_reply, &QNetworkReply::redirected, this, [this] {
        m_sent = false;
        m_connectTimer.start();
    });
    connect(m_reply, &QNetworkReply::uploadProgress, this, &HttpExchange::onUploadProgress);
    m_connectTimer.start(m_network->connectLimit());
}

QNetworkReply *HttpExchange::post(const QNetworkRequest &request)
{
    auto body =
        m_call.device ? std::make_unique<OneShotBody>(m_call.device) : std::make_unique<OneShotBody>(m_call.body);
    QNetworkReply *reply = m_connections->post(request, body.get());
    m_body = body.get();
    body.release()->setParent(reply);
    return reply;
}

/* Only 307 and 308 let a write stay what it is. */
bool HttpExchange::followWrite()
{
    const QUrl target = m_url.resolved(QUrl::fromEncoded(header("Location")));
    const bool keepsVerb = m_status == 307 || m_status == 308;
    if (!isWrite(m_call.verb) || !keepsVerb || !isSameOrigin(m_url, target) || m_redirects == RedirectsAllowed)
        return false;
    ++m_redirects;
    dropReply();
    QNetworkRequest request = m_request;
    request.setUrl(target);
    issue(request);
    return true;
}

bool HttpExchange::askAgain()
{
    if (m_status != 401 || !m_call.endpoint.fieldSource() || std::exchange(m_askedAgain, true))
        return false;
    dropReply();
    m_bodySent = false;
    askForFields(Occasion::Unauthorized);
    return true;
}

void HttpExchange::cancel()
{
    ++m_run;
    m_running = false;
    m_silenceTimer.stop();
    m_connectTimer.stop();
    forgetFields();
    if (QNetworkReply *reply = dropReply()) {
        // Later, as Qt does not bear it within the signals of a reply that is just ending by itself.
        QMetaObject::invokeMethod(reply, &QNetworkReply::abort, Qt::QueuedConnection);
    }
}

/* What it still has to say is not heard, and what it has not sent stays here. */
QNetworkReply *HttpExchange::dropReply()
{
    if (m_body)
        m_body->revoke();
    QNetworkReply *reply = m_reply;
    m_reply.clear();
    if (reply) {
        reply->disconnect(this);
        reply->deleteLater();
    }
    return reply;
}

void HttpExchange::endLater(const QString &reason)
{
    m_networkError = QNetworkReply::UnknownNetworkError;
    m_networkErrorText = reason;
    const auto end = [this, run = m_run] {
        if (run == m_run)
            conclude();
    };
    QMetaObject::invokeMethod(this, end, Qt::QueuedConnection);
}

void HttpExchange::conclude()
{
    m_running = false;
    m_silenceTimer.stop();
    m_connectTimer.stop();
    dropReply();
    emit finished();
}

void HttpExchange::setSilenceLimit(Milliseconds limit)
{
    m_silenceLimit = limit;
    m_lastSign.start();
    watchSilence();
}

void HttpExchange::setPaused(bool paused)
{
    if (std::exchange(m_paused, paused) == paused || paused || !m_running)
        return;
    m_lastSign.start();
    watchSilence();
    resumeLater();
}

/* From the event loop: who resumes may not be ready for bytes within the call. */
void HttpExchange::resumeLater()
{
    const auto resume = [this, run = m_run] {
        if (run != m_run || m_paused || !m_reply)
            return;
        if (m_reply->isFinished())
            finish();
        else
            drain();
    };
    QMetaObject::invokeMethod(this, resume, Qt::QueuedConnection);
}

QByteArrayList HttpExchange::secrets() const
{
    const QUrl url = m_call.endpoint.url();
    QByteArrayList found{url.userName().toUtf8(), url.password().toUtf8(), url.fragment().toUtf8(),
                         QString(url.userName() + u':' + url.password()).toUtf8().toBase64()};
    for (const auto &[name, value] : m_call.endpoint.headers() + m_fieldsSent.headers)
        found += value.split(' ') << value;
    for (const auto &[name, value] : m_fieldsSent.query)
        found << value << value.toPercentEncoding();
    for (const auto &[name, value] : QUrlQuery(url).queryItems(QUrl::FullyDecoded))
        found << value.toUtf8() << value.toUtf8().toPercentEncoding();
    return found;
}

bool HttpExchange::isRedirectedElsewhere() const
{
    return (m_status >= 300 && m_status < 400) || m_networkError == QNetworkReply::InsecureRedirectError
        || m_networkError == QNetworkReply::TooManyRedirectsError;
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

/* Qt sends a request without an answer again when its connection closes, and tells nobody else. */
void HttpExchange::onRequestSent()
{
    if (!std::exchange(m_sent, true) || !m_call.leavesOnce)
        return;
    cancel();
    m_networkError = QNetworkReply::RemoteHostClosedError;
    m_networkErrorText = QStringLiteral("the connection closed without an answer");
    emit finished();
}

void HttpExchange::onUploadProgress(qint64 bytes, qint64 all)
{
    m_lastSign.start();
    if (bytes <= 0)
        return;
    const bool isLarge = (m_body ? m_body->size() : m_call.bodySize()) > HttpCall::OneWrite;
    if (!std::exchange(m_sent, true) && isLarge && m_call.endpoint.isLoopback())
        setLowDelayOnLoopback(portOf(m_url));
    if (bytes == all && !std::exchange(m_bodySent, true))
        emit bodySent();
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
    chooseDecoder();
    emit headersReceived();
}

void HttpExchange::chooseDecoder()
{
    if (isWrite(m_call.verb) && isSuccess())
        return; // nobody reads it
    const QByteArray coding = header("Content-Encoding").toLower();
    const bool isGzip = coding == "gzip" || coding == "x-gzip";
    m_hasUnknownCoding = !isGzip && !coding.isEmpty() && coding != "identity";
    if (isGzip)
        m_decoder = std::make_unique<GzipDecoder>();
}

/* A slot may run events, so that more bytes are there before it has done with the last ones. */
void HttpExchange::drain()
{
    if (m_handingOn)
        return;
    const QPointer<HttpExchange> alive(this);
    const QPointer<QNetworkReply> reply = m_reply;
    readHeaders();
    // Only the body that is asked for is a sign of life: another one, in drops, could go on for ever.
    if (alive && isSuccess() && m_call.verb == Verb::Get)
        m_lastSign.start();
    while (alive && reply && m_reply == reply && !m_paused) {
        const QByteArray piece = nextPiece();
        if (piece.isEmpty())
            break;
        if (isSuccess()) {
            m_bodyBytes += piece.size();
            handOn(piece);
        } else {
            m_refusal.append(piece.first(std::min(piece.size(), RefusalSize - m_refusal.size())));
            m_refusedBytes += piece.size();
        }
    }
    if (!alive || !reply || m_reply != reply)
        return;
    if (m_isUndecodable && isSuccess())
        endUndecodable();
    else if (m_refusedBytes > RefusalRead && !reply->isFinished())
        cutRefusal();
}

/* None when no more can be told yet. */
QByteArray HttpExchange::nextPiece()
{
    const auto read = [this](qint64 most) {
        const QByteArray bytes = m_reply->read(std::min(most, m_reply->bytesAvailable()));
        m_transferredBytes += bytes.size();
        return bytes;
    };
    m_isUndecodable = m_hasUnknownCoding && m_reply->bytesAvailable() > 0;
    if (m_hasUnknownCoding)
        return {};
    if (!m_decoder)
        return read(PieceSize);
    QByteArray piece = m_decoder->take();
    while (piece.isEmpty() && !m_decoder->isDamaged() && m_reply->bytesAvailable() > 0) {
        m_decoder->add(read(CompressedPieceSize));
        piece = m_decoder->take();
    }
    m_isUndecodable = m_decoder->isDamaged();
    return piece;
}

bool HttpExchange::hasMore() const
{
    return m_reply->bytesAvailable() > 0 || (m_decoder && m_decoder->mayHaveMore());
}

void HttpExchange::endUndecodable()
{
    cancel();
    emit finished();
}

/* Its status says all, and its body may be endless. */
void HttpExchange::cutRefusal()
{
    if (followWrite() || askAgain())
        return;
    cancel();
    emit finished();
}

void HttpExchange::handOn(const QByteArray &piece)
{
    const QPointer<HttpExchange> alive(this);
    const QPointer<QNetworkReply> reply = m_reply;
    m_handingOn = true;
    emit bytesReceived(piece);
    if (!alive)
        return;
    m_handingOn = false;
    if (m_reply && (m_reply != reply || m_reply->isFinished()))
        resumeLater();
}

void HttpExchange::finish()
{
    if (m_handingOn)
        return;
    const QPointer<HttpExchange> alive(this);
    const QPointer<QNetworkReply> reply = m_reply;
    drain();
    if (!alive || !reply || m_reply != reply || (m_paused && hasMore()))
        return;
    if (followWrite() || askAgain())
        return;
    m_networkError = reply->error();
    // Qt 6.8 may say so of a write that was answered, where it meant the one ahead of it.
    if (m_networkError == QNetworkReply::ContentReSendError && isWrite(m_call.verb) && isSuccess())
        m_networkError = QNetworkReply::NoError;
    m_networkErrorText = m_networkError == QNetworkReply::NoError ? QString() : reply->errorString();
    if (m_networkError == QNetworkReply::NoError && isCutShort()) {
        m_networkError = QNetworkReply::RemoteHostClosedError;
        m_networkErrorText = QStringLiteral("the connection closed before the whole answer had come");
    }
    conclude();
}

/* Qt takes an answer for whole whose connection closes right behind the head, or whose body is no whole gzip one. */
bool HttpExchange::isCutShort() const
{
    bool isKnown = false;
    const qint64 length = header("Content-Length").toLongLong(&isKnown);
    const bool isEmpty = m_status == 204 || (isKnown && length == 0);
    const bool hasBody = m_call.verb != Verb::Head && isSuccess() && !isEmpty;
    const bool isUnpackedWhole = !m_decoder || m_decoder->isWhole();
    return hasBody && (!isUnpackedWhole || (isKnown && m_transferredBytes < length));
}

void HttpExchange::watchSilence()
{
    m_silenceTimer.stop();
    if (m_running && !m_paused && m_silenceLimit.count() > 0)
        m_silenceTimer.start(std::max(m_silenceLimit - Milliseconds(m_lastSign.elapsed()), Milliseconds(1)));
}

/* Behind all that Qt's HTTP thread has said so far: where this thread stood still, that waits beside the timer. */
void HttpExchange::afterNews(void (HttpExchange::*next)())
{
    const auto goOn = [this, next, run = m_run] {
        if (run == m_run && m_running)
            (this->*next)();
    };
    QMetaObject::invokeMethod(this, goOn, Qt::QueuedConnection);
}

void HttpExchange::onSilence()
{
    if (m_paused || m_silenceLimit.count() <= 0)
        return;
    const qint64 bodyRead = m_body ? m_body->pos() : 0;
    const bool reads = std::exchange(m_bodyRead, bodyRead) != bodyRead;
    if (m_handingOn || reads)
        m_lastSign.start();
    if (Milliseconds(m_lastSign.elapsed()) < m_silenceLimit)
        return watchSilence();
    timeOut();
}

void HttpExchange::onConnectLimit()
{
    const bool isOfNextRequest = m_connectTimer.isActive();
    if (!isOfNextRequest && !hasLeft() && m_status == 0)
        timeOut();
}

void HttpExchange::timeOut()
{
    m_sent = hasLeft();
    cancel();
    m_timedOut = true;
    emit finished();
}

/*
 * A body is read here, in this thread, and Qt has no request without it to send. Of a write without one Qt does not
 * tell that it was sent, so it may have been at any time.
 */
bool HttpExchange::hasLeft() const
{
    const bool isUntold =
        (m_call.verb == Verb::Post || m_call.verb == Verb::Put) && !m_call.hasDevice && m_call.body.isEmpty();
    return m_sent || isUntold || (m_body && m_body->pos() > 0);
}

} // namespace DurableStreams
