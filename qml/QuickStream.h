// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Session>
#include <DurableStreams/Stream>
#include <DurableStreams/StreamNetwork>

#include <QObject>
#include <QPointer>
#include <QUrl>
#include <QVariant>
#include <QtQml/qqml.h>

namespace DurableStreams {

/*!
 * One stream in QML, without models: create it, ask about it, append to it once, close it, delete it. StreamReader and
 * Producer work on one of these. Its requests are made in the GUI thread, and carry its session's credentials.
 *
 * For a JSON stream values are what JavaScript has, for any other strings or ArrayBuffers.
 */
class QuickStream : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY endpointChanged FINAL)
    Q_PROPERTY(DurableStreams::Session *session READ session WRITE setSession NOTIFY endpointChanged FINAL)
    Q_PROPERTY(QString contentType READ contentType WRITE setContentType NOTIFY contentTypeChanged FINAL)
    QML_NAMED_ELEMENT(Stream)

public:
    explicit QuickStream(QObject *parent = nullptr);

    QUrl url() const { return m_url; }
    void setUrl(const QUrl &url);
    Session *session() const { return m_session; }
    void setSession(Session *session);
    /*! The stream's type, for create() and all that is appended; "application/json" by default. */
    QString contentType() const;
    void setContentType(const QString &type);

    bool isJson() const;
    /*! \a value as the stream's bytes. */
    QByteArray bytesOf(const QVariant &value) const;
    StreamEndpoint endpoint() const;
    StreamNetwork *network() { return &m_network; }

    /*! Creates the stream; of \a configuration: timeToLive (s), closed, content. See Stream::create(). */
    Q_INVOKABLE DurableStreams::StreamReply *create(const QVariantMap &configuration = {});
    /*! See Stream::head(). */
    Q_INVOKABLE DurableStreams::StreamReply *head();
    /*! One try with one value; Producer appends in a way that can always be tried again. See Stream::append(). */
    Q_INVOKABLE DurableStreams::StreamReply *append(const QVariant &value);
    /*! See Stream::close(). */
    Q_INVOKABLE DurableStreams::StreamReply *close();
    /*! See Stream::remove(). */
    Q_INVOKABLE DurableStreams::StreamReply *remove();

Q_SIGNALS:
    void endpointChanged();
    void contentTypeChanged();

private:
    void applyEndpoint();
    StreamReply *released(StreamReply *reply);

    QUrl m_url;
    QPointer<Session> m_session;
    StreamNetwork m_network;
    Stream m_stream{&m_network};
};

} // namespace DurableStreams
