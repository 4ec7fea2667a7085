// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Environment.h"

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto DefaultLimit = 30s;
constexpr int RetriesAllowed = 10;

} // namespace

Environment::Environment()
    : m_requestLimit(DefaultLimit)
{
}

void Environment::reset(const QJsonObject &init)
{
    m_serverUrl = init["serverUrl"_L1].toString();
    m_requestLimit =
        std::chrono::milliseconds(init["timeoutMs"_L1].toInteger(std::chrono::milliseconds(DefaultLimit).count()));
    m_contentTypes.clear();
    dynamicFields.clear();
}

StreamEndpoint Environment::endpoint(const QJsonObject &command) const
{
    StreamEndpoint::Headers headers;
    const QJsonObject given = command["headers"_L1].toObject();
    for (auto it = given.begin(); it != given.end(); ++it)
        headers.emplaceBack(it.key().toUtf8(), it.value().toString().toUtf8());
    return StreamEndpoint(QUrl(m_serverUrl + command["path"_L1].toString()), headers);
}

QByteArray Environment::contentType(const QString &path) const
{
    return m_contentTypes.value(path, "application/octet-stream");
}

bool Environment::isJson(const QString &path) const
{
    return contentType(path).split(';').first().trimmed().toLower() == "application/json";
}

void Environment::noteContentType(const QString &path, const QByteArray &type)
{
    if (!type.isEmpty())
        m_contentTypes.insert(path, type);
}

RetryPolicy Environment::retryPolicy()
{
    RetryPolicy policy(50ms, 1.5, 500ms);
    policy.setMaximumRetries(RetriesAllowed);
    return policy;
}
