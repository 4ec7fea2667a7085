// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/HttpExchange_p.h"

#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

constexpr qsizetype QuotedLength = 200;
constexpr qsizetype ShortestSecret = 6; // shorter ones are words of the protocol, mostly

QString action(Attempt attempt)
{
    switch (attempt) {
    case Attempt::Create:
        return u"create"_s;
    case Attempt::Append:
        return u"append to"_s;
    case Attempt::Close:
        return u"close"_s;
    case Attempt::Remove:
        return u"delete"_s;
    case Attempt::Head:
        return u"ask about"_s;
    case Attempt::ReadFromStart:
    case Attempt::ReadFromOffset:
        return u"read"_s;
    }
    Q_UNREACHABLE();
}

/* Control characters could disturb a log, and a server may echo what it was sent. */
QString said(QByteArray words, const QByteArrayList &secrets)
{
    for (const QByteArray &secret : secrets) {
        if (secret.size() >= ShortestSecret)
            words.replace(secret, "***");
    }
    const QString text = QString::fromUtf8(words).simplified();
    return text.size() > QuotedLength ? text.left(QuotedLength - 1) + u'…' : text;
}

/* HTML is of no use in a message. */
QString quoted(const QByteArray &body, const QByteArrayList &secrets)
{
    const QString text = said(body, secrets);
    if (text.isEmpty() || text.startsWith(u'<'))
        return {};
    return u": “%1”"_s.arg(text.endsWith(u'.') ? text.chopped(1) : text);
}

QString answered(const HttpExchange &exchange)
{
    const QString phrase = said(exchange.reasonPhrase(), exchange.secrets());
    const QString status = QString::number(exchange.status()) + (phrase.isEmpty() ? u""_s : u" (%1)"_s.arg(phrase));
    return u"the server answered %1%2"_s.arg(status, quoted(exchange.refusal(), exchange.secrets()));
}

Code codeOf(int status, Attempt attempt, bool streamClosed)
{
    switch (status) {
    case 400:
        return attempt == Attempt::ReadFromOffset ? Code::InvalidOffset : Code::BadRequest;
    case 401:
        return Code::Unauthorized;
    case 403:
        return Code::Forbidden;
    case 404:
        return Code::NotFound;
    case 408:
        return Code::Timeout;
    case 409:
        if (streamClosed)
            return Code::StreamClosed;
        return attempt == Attempt::Create ? Code::ConflictExists : Code::ConflictSequence;
    case 410:
        return attempt == Attempt::ReadFromOffset ? Code::InvalidOffset : Code::NotFound;
    case 429:
        return Code::RateLimited;
    case 501: // what a server cannot do now it cannot do later
        return Code::UnexpectedStatus;
    default:
        return status >= 500 ? Code::Busy : Code::UnexpectedStatus;
    }
}

QString wayOut(Code code, int status)
{
    switch (code) {
    case Code::BadRequest:
        return u"Check what was sent, and that the URL is a stream's."_s;
    case Code::Unauthorized:
        return u"Give valid credentials."_s;
    case Code::Forbidden:
        return u"The credentials do not allow it; use others."_s;
    case Code::NotFound:
        return u"Check the URL, or create the stream first."_s;
    case Code::InvalidOffset:
        return u"The stream was shortened, or deleted and made again: read it from its start."_s;
    case Code::ConflictExists:
        return u"A stream with another configuration is there: use it as it is, or choose another URL."_s;
    case Code::ConflictSequence:
        return u"The content type or the writer's sequence does not fit the stream."_s;
    case Code::StreamClosed:
        return u"The stream is closed and takes no more; write to another one."_s;
    case Code::RateLimited:
        return u"Too many requests; it goes on after a while."_s;
    case Code::Busy:
    case Code::Timeout:
        return u"The trouble is the server's; try again later."_s;
    default:
        break;
    }
    switch (status) {
    case 405:
    case 501:
        return u"The server does not offer this for the stream."_s;
    case 413:
        return u"Send less at a time."_s;
    default:
        break;
    }
    return status >= 300 && status < 400 ? u"Use the address that the server points to, if you trust it."_s
                                         : u"Check that the URL is a stream's."_s;
}

StreamError brokenConnection(const HttpExchange &exchange, Attempt attempt)
{
    if (exchange.isUndecodable())
        return errorFor(exchange, attempt, Code::NetworkError,
                        u"the answer's body is not what its Content-Encoding says, or was packed in a way that was "
                        "not asked for. Does a proxy stand between?"_s);
    const QString text = exchange.networkErrorText();
    const QString broken = u"the connection broke after %1 bytes of the answer. Is the network stable?"_s;
    if (exchange.status() != 0)
        return errorFor(exchange, attempt, Code::NetworkError, broken.arg(exchange.bodyBytes()));
    switch (exchange.networkError()) {
    case QNetworkReply::ConnectionRefusedError:
        return errorFor(exchange, attempt, Code::NetworkError, u"connection refused. Is the server running there?"_s);
    case QNetworkReply::HostNotFoundError:
        return errorFor(exchange, attempt, Code::NetworkError,
                        u"the host was not found. Is its name right, and is there a network?"_s);
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError: // Qt would have sent a POST again
        return errorFor(exchange, attempt, Code::NetworkError,
                        u"the server closed the connection without an answer. Is it a stream server?"_s);
    case QNetworkReply::SslHandshakeFailedError:
        return errorFor(
            exchange, attempt, Code::NetworkError,
            u"no secure connection (%1). Does the server speak https, and is its certificate valid?"_s.arg(text));
    case QNetworkReply::TooManyRedirectsError:
    case QNetworkReply::InsecureRedirectError:
        return errorFor(
            exchange, attempt, Code::UnexpectedStatus,
            u"the server redirects elsewhere (%1). Use the address that it points to, if you trust it."_s.arg(text));
    default:
        return errorFor(exchange, attempt, Code::NetworkError, u"%1. Is there a network?"_s.arg(text));
    }
}

} // namespace

StreamError errorFor(const HttpExchange &exchange, Attempt attempt, StreamError::Code code, const QString &reason)
{
    const QUrl shown = StreamError(code, {}, exchange.url()).url();
    const QString offset = QUrlQuery(exchange.url()).queryItemValue(u"offset"_s, QUrl::FullyDecoded);
    const QString place = attempt == Attempt::ReadFromOffset ? u" from offset %1 on"_s.arg(offset) : QString();
    const QString text = u"Could not %1 %2%3: %4"_s;
    return StreamError(code, text.arg(action(attempt), shown.toDisplayString(), place, reason), shown,
                       exchange.status(), offset.toUtf8());
}

StreamError errorOf(const HttpExchange &exchange, Attempt attempt)
{
    if (exchange.lacksFields())
        return errorFor(exchange, attempt, Code::Unauthorized,
                        u"the app's function gave no headers and parameters to send. Sign in again."_s);
    if (exchange.isNotConnected())
        return errorFor(exchange, attempt, Code::Timeout,
                        u"no connection came about in time. Is the address right, and is there a network?"_s);
    // What a refusal has to say besides its status may never end.
    if (exchange.isTimedOut() && (exchange.status() == 0 || exchange.isSuccess()))
        return errorFor(exchange, attempt, Code::Timeout,
                        u"the server was silent for too long. Is it overloaded, or the network gone?"_s);
    const int status = exchange.status();
    const bool isBroken = exchange.networkError() != QNetworkReply::NoError || exchange.isUndecodable();
    if (status == 0 || (exchange.isSuccess() && isBroken))
        return brokenConnection(exchange, attempt);
    if (exchange.isSuccess())
        return {};
    const Code code = codeOf(status, attempt, exchange.header("Stream-Closed") == "true");
    return errorFor(exchange, attempt, code, u"%1. %2"_s.arg(answered(exchange), wayOut(code, status)));
}

StreamError notAnAnswer(const HttpExchange &exchange, Attempt attempt, const QByteArray &missingHeader)
{
    const QString reason =
        u"the answer %1 has no %2, so no stream server gave it. Check the URL, and whether a proxy or "
        "a login page stands between."_s;
    return errorFor(exchange, attempt, Code::UnexpectedStatus,
                    reason.arg(QString::number(exchange.status()), QString::fromLatin1(missingHeader)));
}

} // namespace DurableStreams
