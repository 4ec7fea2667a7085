// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSignalSpy>
#include <QUrl>

#include <memory>

using Headers = QList<std::pair<QByteArray, QByteArray>>;

struct Answer
{
    int status = 0; // 0: none came
    QByteArray body;
    Headers headers;

    QByteArray header(const QByteArray &name) const
    {
        for (const auto &[key, value] : headers) {
            if (key.compare(name, Qt::CaseInsensitive) == 0)
                return value;
        }
        return {};
    }
    QByteArray nextOffset() const { return header("Stream-Next-Offset"); }
};

// Requests over real sockets: one at a time, or begun and finished later.
class TestClient
{
public:
    struct DeleteLater // a reply may be let go in its own slot
    {
        void operator()(QNetworkReply *reply) const { reply->deleteLater(); }
    };
    using Reply = std::unique_ptr<QNetworkReply, DeleteLater>;

    explicit TestClient(const QUrl &base)
        : m_base(base)
    {
        m_manager.setProxy(QNetworkProxy::NoProxy);
    }

    Reply begin(const QByteArray &method, const QByteArray &pathAndQuery, const QByteArray &body = {},
                const Headers &headers = {})
    {
        QNetworkRequest request(QUrl(m_base.toString() + QLatin1Char('/') + QString::fromLatin1(pathAndQuery)));
        if (!body.isNull())
            request.setRawHeader("Content-Type", "application/json");
        for (const auto &[name, value] : headers)
            request.setRawHeader(name, value);
        // As a custom verb it would wait for a body.
        return Reply(method == "HEAD" ? m_manager.head(request) : m_manager.sendCustomRequest(request, method, body));
    }

    static Answer finish(const Reply &reply)
    {
        if (!reply->isFinished()) {
            QSignalSpy finished(reply.get(), &QNetworkReply::finished);
            finished.wait(30'000);
        }
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll(),
                reply->rawHeaderPairs()};
    }

    Answer send(const QByteArray &method, const QByteArray &pathAndQuery, const QByteArray &body = {},
                const Headers &headers = {})
    {
        return finish(begin(method, pathAndQuery, body, headers));
    }

    static Headers producer(const QByteArray &id, int epoch, int seq)
    {
        return {{"Producer-Id", id},
                {"Producer-Epoch", QByteArray::number(epoch)},
                {"Producer-Seq", QByteArray::number(seq)}};
    }

private:
    const QUrl m_base;
    QNetworkAccessManager m_manager;
};
