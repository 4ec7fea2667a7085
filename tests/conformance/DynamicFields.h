// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamEndpoint>

#include <QJsonObject>

#include <map>
#include <memory>

/*
 * Headers and query parameters whose values are made by a function for each request: a counter of the commands that
 * sent it, the time, or a token.
 */
class DynamicFields
{
public:
    /* What one command's last request carried. */
    using Sent = std::shared_ptr<DurableStreams::StreamEndpoint::Fields>;

    void setHeader(const QJsonObject &command);
    void setParameter(const QJsonObject &command);
    void clear();
    bool isEmpty() const { return m_headers.empty() && m_parameters.empty(); }

    /*
     * Puts the function into \a endpoint, for one command; \a sent tells what went along. A header that the endpoint
     * has already stays as it is.
     */
    void install(DurableStreams::StreamEndpoint &endpoint, const Sent &sent);

    /* The fields of a result that tell what was sent: headersSent, paramsSent, each where there is any. */
    static QJsonObject report(const Sent &sent);

private:
    enum class Kind { Counter, Timestamp, Token };
    struct Value
    {
        Kind kind;
        QByteArray token;
        qint64 count = 0;
    };
    using Values = std::map<QByteArray, Value>;
    using Pairs = QList<std::pair<QByteArray, QByteArray>>;

    static Value value(const QJsonObject &command);
    static Pairs current(Values &values, const Pairs &fixed, bool isFirst);

    Values m_headers;
    Values m_parameters;
};
