// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamError>

#include "stream/GzipDecoder_p.h"
#include "stream/OneShotBody_p.h"

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QIODevice>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <chrono>
#include <memory>

QT_BEGIN_NAMESPACE
class QNetworkAccessManager;
QT_END_NAMESPACE

namespace DurableStreams {

class StreamNetwork;

/* One request, before the endpoint's function has said what goes along with it. */
struct HttpCall
{
    enum class Verb { Get, Head, Put, Post, Delete };

    /* A body of this size leaves Qt in one write together with its headers; a larger one in several. */
    static constexpr qint64 OneWrite = 14'000;

    qint64 bodySize() const;

    Verb verb = Verb::Get;
    StreamEndpoint endpoint = {};
    StreamEndpoint::Query query = {};
    StreamEndpoint::Headers headers = {};
    QByteArray body = {};
    QPointer<QIODevice> device = {}; // open and not sequential: the body, from where it stands, instead of `body`
    bool hasDevice = false;
    bool leavesOnce = false; // Qt's sending it again by itself counts as a broken connection; a POST's always does
};

/*
 * One request at a time and its answer, with QNetworkReply's pitfalls behind it: bytes are drained as they come and
 * before anything is aborted, connecting and silence are watched by timers of its own, a POST leaves once only, and
 * finished() comes once, never after cancel() and never from within start(). Redirects are followed within the origin;
 * of those of a write only the ones that keep it one. After a 401 the endpoint's function is asked once for something
 * better.
 */
class HttpExchange : public QObject
{
    Q_OBJECT

public:
    using Verb = HttpCall::Verb;
    using Milliseconds = std::chrono::milliseconds;

    explicit HttpExchange(QObject *parent = nullptr);
    ~HttpExchange() override;

    /*
     * An exchange that still runs is cancelled first. No bytes for silenceLimit end it with isTimedOut(). It uses
     * connections, or where there are none those of the network for requests.
     */
    void start(StreamNetwork *network, const HttpCall &call, Milliseconds silenceLimit,
               QNetworkAccessManager *connections = nullptr);
    /* Ends it without a signal. */
    void cancel();
    void setSilenceLimit(Milliseconds limit);
    /*
     * How many bytes Qt may hold that are not handed on yet. While paused none are: what comes then stays with Qt, the
     * system and at last the server, and silence does not count.
     */
    void setReadBufferSize(qint64 bytes) { m_readBufferSize = bytes; }
    void setPaused(bool paused);

    bool isRunning() const { return m_running; }
    bool isTimedOut() const { return m_timedOut; }
    /* The time ran out before the request was on its way. */
    bool isNotConnected() const { return m_timedOut && !m_sent; }
    /* All of the body left this thread, for the connection. */
    bool isBodySent() const { return m_bodySent; }
    /* Whether the endpoint's function gave nothing to send along. */
    bool lacksFields() const { return m_lacksFields; }
    QUrl url() const { return m_url; }
    /* What must not show in a message, although a server may echo it: values of the app's headers and of the URL. */
    QByteArrayList secrets() const;
    /* 0 until the headers came. */
    int status() const { return m_status; }
    bool isSuccess() const { return m_status >= 200 && m_status < 300; }
    /* The answer pointed to another origin, or it was one redirect too many. */
    bool isRedirectedElsewhere() const;
    QByteArray header(const QByteArray &name) const;
    bool hasHeader(const QByteArray &name) const;
    QByteArray reasonPhrase() const { return m_reasonPhrase; }
    QNetworkReply::NetworkError networkError() const { return m_networkError; }
    QString networkErrorText() const { return m_networkErrorText; }
    /* The beginning of a body that came with another status than success. */
    QByteArray refusal() const { return m_refusal; }
    /* Of a successful answer's body: what was handed on, and what came for it, compressed perhaps. */
    qint64 bodyBytes() const { return m_bodyBytes; }
    qint64 transferredBytes() const { return m_transferredBytes; }
    /* The body came, but cannot be unpacked. */
    bool isUndecodable() const { return m_isUndecodable; }

Q_SIGNALS:
    void bodySent();
    void headersReceived();
    /* A piece of a successful answer's body, at most 1 MiB. */
    void bytesReceived(const QByteArray &bytes);
    void finished();

private:
    using Occasion = StreamEndpoint::Occasion;

    void askForFields(Occasion occasion);
    void waitForFields(const QFuture<StreamEndpoint::Fields> &fields);
    void takeFields();
    void forgetFields();
    void send(const StreamEndpoint::Fields &fields);
    void issue(const QNetworkRequest &request);
    QNetworkReply *post(const QNetworkRequest &request);
    bool followWrite();
    bool askAgain();
    QNetworkReply *dropReply();
    void onRequestSent();
    void onUploadProgress(qint64 bytes, qint64 all);
    void readHeaders();
    void chooseDecoder();
    void resumeLater();
    void drain();
    QByteArray nextPiece();
    bool hasMore() const;
    void handOn(const QByteArray &piece);
    void finish();
    void cutRefusal();
    void endUndecodable();
    bool isCutShort() const;
    void watchSilence();
    void onSilence();
    void endLater(const QString &reason);
    void conclude();
    void onConnectLimit();
    void afterNews(void (HttpExchange::*next)());
    void timeOut();
    bool hasLeft() const;

    QPointer<StreamNetwork> m_network;
    QPointer<QNetworkAccessManager> m_connections;
    QPointer<QNetworkReply> m_reply;
    QPointer<OneShotBody> m_body; // what it sends, of a POST
    qint64 m_bodyRead = 0; // of that, when silence was looked for
    HttpCall m_call;
    QNetworkRequest m_request;
    StreamEndpoint::Fields m_fieldsSent;
    QPointer<QFutureWatcher<StreamEndpoint::Fields>> m_fields; // while they are waited for
    qint64 m_deviceStart = 0;
    qint64 m_readBufferSize = 0;
    int m_redirects = 0;
    QTimer m_silenceTimer;
    QTimer m_connectTimer;
    QElapsedTimer m_lastSign;
    Milliseconds m_silenceLimit{0};
    QUrl m_url;
    QByteArray m_reasonPhrase;
    QByteArray m_refusal;
    QList<QNetworkReply::RawHeaderPair> m_headers;
    QString m_networkErrorText;
    QNetworkReply::NetworkError m_networkError = QNetworkReply::NoError;
    std::unique_ptr<GzipDecoder> m_decoder; // for a compressed body
    qint64 m_bodyBytes = 0;
    qint64 m_transferredBytes = 0;
    qint64 m_refusedBytes = 0;
    int m_status = 0;
    quint64 m_run = 0; // counts start() and cancel()
    bool m_running = false;
    bool m_timedOut = false;
    bool m_sent = false;
    bool m_bodySent = false;
    bool m_askedAgain = false;
    bool m_lacksFields = false;
    bool m_paused = false;
    bool m_handingOn = false;
    bool m_hasUnknownCoding = false;
    bool m_isUndecodable = false;
};

/* What was tried, for the first words of a message: "Could not <action> <url>". */
enum class Attempt { Create, Append, Close, Remove, Head, ReadFromStart, ReadFromOffset };

/*
 * What went wrong with a finished exchange, judged by its HTTP status alone where there is one; ok when it ended well
 * with a 2xx.
 */
StreamError errorOf(const HttpExchange &exchange, Attempt attempt);

/* For an answer with a 2xx that lacks what the protocol demands: something else than a stream server answered. */
StreamError notAnAnswer(const HttpExchange &exchange, Attempt attempt, const QByteArray &missingHeader);

/* "Could not <action> <url>: <reason>" as an error of the exchange. */
StreamError errorFor(const HttpExchange &exchange, Attempt attempt, StreamError::Code code, const QString &reason);

} // namespace DurableStreams
