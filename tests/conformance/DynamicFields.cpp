// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "DynamicFields.h"

#include <QDateTime>

#include <algorithm>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

void DynamicFields::setHeader(const QJsonObject &command)
{
    m_headers.insert_or_assign(command["name"_L1].toString().toUtf8(), value(command));
}

void DynamicFields::setParameter(const QJsonObject &command)
{
    m_parameters.insert_or_assign(command["name"_L1].toString().toUtf8(), value(command));
}

void DynamicFields::clear()
{
    m_headers.clear();
    m_parameters.clear();
}

DynamicFields::Value DynamicFields::value(const QJsonObject &command)
{
    const QString type = command["valueType"_L1].toString();
    if (type == "counter"_L1)
        return {Kind::Counter, {}};
    if (type == "timestamp"_L1)
        return {Kind::Timestamp, {}};
    return {Kind::Token, command["initialValue"_L1].toString().toUtf8()};
}

DynamicFields::Pairs DynamicFields::current(Values &values, const Pairs &fixed, bool isFirst)
{
    Pairs pairs;
    for (auto &[name, value] : values) {
        const auto isNamed = [&name = name](const auto &pair) {
            return pair.first.compare(name, Qt::CaseInsensitive) == 0;
        };
        if (std::any_of(fixed.begin(), fixed.end(), isNamed))
            continue;
        if (value.kind == Kind::Counter)
            pairs.emplaceBack(name, QByteArray::number(isFirst ? ++value.count : value.count));
        else if (value.kind == Kind::Timestamp)
            pairs.emplaceBack(name, QByteArray::number(QDateTime::currentMSecsSinceEpoch()));
        else
            pairs.emplaceBack(name, value.token);
    }
    return pairs;
}

void DynamicFields::install(StreamEndpoint &endpoint, const Sent &sent)
{
    if (isEmpty())
        return;
    const auto isFirst = std::make_shared<bool>(true);
    endpoint.setFieldSource([this, sent, isFirst, fixed = endpoint.headers()] {
        sent->headers = current(m_headers, fixed, *isFirst);
        sent->query = current(m_parameters, {}, *isFirst);
        *isFirst = false;
        return *sent;
    });
}

QJsonObject DynamicFields::report(const Sent &sent)
{
    const auto object = [](const Pairs &pairs) {
        QJsonObject result;
        for (const auto &[name, value] : pairs)
            result[QString::fromUtf8(name)] = QString::fromUtf8(value);
        return result;
    };
    QJsonObject fields;
    if (!sent->headers.isEmpty())
        fields["headersSent"_L1] = object(sent->headers);
    if (!sent->query.isEmpty())
        fields["paramsSent"_L1] = object(sent->query);
    return fields;
}
