// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "DynamicFields.h"

#include <DurableStreams/RetryPolicy>
#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamNetwork>

#include <QHash>
#include <QJsonObject>

#include <chrono>

/* What the commands share from one to the next. */
class Environment
{
public:
    Environment();

    /* Forgets all, for a server at the command's serverUrl. */
    void reset(const QJsonObject &init);

    /* The stream that \a command names, with the command's own headers. */
    DurableStreams::StreamEndpoint endpoint(const QJsonObject &command) const;

    /* What a stream is appended to as: the type it was created with or last said to have. */
    QByteArray contentType(const QString &path) const;
    bool isJson(const QString &path) const;
    void noteContentType(const QString &path, const QByteArray &type);
    void forgetContentType(const QString &path) { m_contentTypes.remove(path); }

    static DurableStreams::RetryPolicy retryPolicy();
    std::chrono::milliseconds requestLimit() const { return m_requestLimit; }

    DurableStreams::StreamNetwork network;
    DynamicFields dynamicFields;

private:
    QString m_serverUrl;
    QHash<QString, QByteArray> m_contentTypes;
    std::chrono::milliseconds m_requestLimit;
};
