// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/Store>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QString>
#include <QVariantMap>

#include <memory>
#include <utility>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace DurableStreams {

class SessionPrivate;
class Store;
class StreamNetwork;

/*!
 * What several StreamDbs share: the thread that reads, decodes and sends for them, its connections, the credentials,
 * and where rows are kept on disk.
 *
 * Credentials go with every request of every StreamDb of the session, to that stream's own origin alone: use one
 * session for the streams that belong together. GUI thread only. StreamDbs of a
 * deleted session are idle and without rows.
 */
class DURABLESTREAMS_EXPORT Session : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString bearerToken READ bearerToken WRITE setBearerToken NOTIFY credentialsChanged FINAL)
    Q_PROPERTY(QVariantMap headers READ headers WRITE setHeaders NOTIFY credentialsChanged FINAL)

public:
    explicit Session(QObject *parent = nullptr);
    ~Session() override;

    /*! Sent as `Authorization: Bearer`; never logged. Requests from now on use it. */
    QString bearerToken() const;
    void setBearerToken(const QString &token);

    /*! Further request headers, name to value. */
    QVariantMap headers() const;
    void setHeaders(const QVariantMap &headers);

    /*!
     * A function that gives further headers and parameters for each request, such as a token that must be fetched: see
     * StreamEndpoint::setAsyncFieldSource(). Called in the session's own thread. StreamDbs that connect from now on use
     * it.
     */
    void setFieldSource(const StreamEndpoint::AsyncFieldSource &source);

    /*!
     * Where the StreamDbs of this session that have a name keep their rows, to start from them; none by default. Set it
     * before the first StreamDb of the session starts: later it has no effect but an error.
     */
    void setStore(std::shared_ptr<const Store> store);
    std::shared_ptr<const Store> store() const;

    /*! TLS, proxy and the like. Set it up before the first StreamDb of the session connects. */
    StreamNetwork *network() const;

    /*! What to reach \a url with: all of the above. */
    StreamEndpoint endpoint(const QUrl &url) const;

    /*! All request headers, the bearer token's too. */
    QList<std::pair<QByteArray, QByteArray>> requestHeaders() const;

Q_SIGNALS:
    void credentialsChanged();
    /*! What was asked of the session cannot be. */
    void errorOccurred(const DurableStreams::StreamError &error);

private:
    friend class StreamDbPrivate;
    // Running from their first use on. What was asked for in them is done before the session is gone.
    QThread *workerThread();
    QThread *checkpointThread();
    QThread *outboxThread();

    std::unique_ptr<SessionPrivate> d;
};

} // namespace DurableStreams
