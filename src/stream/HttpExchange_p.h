// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <chrono>

namespace DurableStreams {

/*
 * One request at a time and its answer, with QNetworkReply's pitfalls behind it: bytes are drained as they come and
 * before anything is aborted, silence is watched by a timer of its own, and finished() comes once, never after
 * cancel(). Redirects are followed within the origin; of those of a write only the ones that keep it one.
 */
class HttpExchange : public QObject
{
    Q_OBJECT

public:
    enum class Verb { Get, Head, Put, Post, Delete };

    explicit HttpExchange(QObject *parent = nullptr);
    ~HttpExchange() override;

    /* An exchange that still runs is cancelled first. No bytes for silenceLimit end it with isTimedOut(). */
    void start(QNetworkAccessManager *network, Verb verb, const QNetworkRequest &request,
               std::chrono::milliseconds silenceLimit, const QByteArray &body = {});
    /* Ends it without a signal. */
    void cancel();
    void setSilenceLimit(std::chrono::milliseconds limit);

    bool isRunning() const { return m_running; }
    bool isTimedOut() const { return m_timedOut; }
    QUrl url() const { return m_url; }
    /* 0 until the headers came. */
    int status() const { return m_status; }
    bool isSuccess() const { return m_status >= 200 && m_status < 300; }
    QByteArray header(const QByteArray &name) const;
    bool hasHeader(const QByteArray &name) const;
    QByteArray reasonPhrase() const { return m_reasonPhrase; }
    QNetworkReply::NetworkError networkError() const { return m_networkError; }
    QString networkErrorText() const { return m_networkErrorText; }
    /* The beginning of a body that came with another status than success. */
    QByteArray refusal() const { return m_refusal; }
    qint64 bodyBytes() const { return m_bodyBytes; }

Q_SIGNALS:
    void headersReceived();
    /* A piece of a successful answer's body, at most 1 MiB. */
    void bytesReceived(const QByteArray &bytes);
    void finished();

private:
    void send(const QNetworkRequest &request);
    bool followWrite();
    void readHeaders();
    void drain();
    void finish();
    bool isCutShort() const;
    void watchSilence();
    void onSilence();

    QPointer<QNetworkAccessManager> m_network;
    QPointer<QNetworkReply> m_reply;
    Verb m_verb = Verb::Get;
    QByteArray m_body;
    int m_redirects = 0;
    QTimer m_silenceTimer;
    QElapsedTimer m_lastSign;
    std::chrono::milliseconds m_silenceLimit{0};
    QUrl m_url;
    QByteArray m_reasonPhrase;
    QByteArray m_refusal;
    QList<QNetworkReply::RawHeaderPair> m_headers;
    QString m_networkErrorText;
    QNetworkReply::NetworkError m_networkError = QNetworkReply::NoError;
    qint64 m_bodyBytes = 0;
    int m_status = 0;
    bool m_running = false;
    bool m_timedOut = false;
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
