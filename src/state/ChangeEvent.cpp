// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ChangeEvent.h"

#include "state/JsonWriter_p.h"

namespace DurableStreams {

namespace {

QByteArrayView nameOf(Operation operation)
{
    switch (operation) {
    case Operation::Insert:
        return "insert";
    case Operation::Update:
        return "update";
    case Operation::Upsert:
        return "upsert";
    case Operation::Delete:
        return "delete";
    }
    Q_UNREACHABLE();
}

JsonText stringText(QByteArrayView utf8)
{
    QByteArray json;
    appendJsonString(json, utf8);
    return JsonText::fromCheckedJson(json);
}

} // namespace

QByteArray ChangeEvent::toJson() const
{
    QList<JsonText::Field> named{{"operation", stringText(nameOf(operation))}};
    if (!txid.isEmpty())
        named.append({"txid", stringText(txid)});
    if (!timestamp.isEmpty())
        named.append({"timestamp", stringText(timestamp)});

    QByteArray json("{\"type\":");
    appendJsonString(json, QByteArrayView(type));
    json.append(",\"key\":");
    appendJsonString(json, QByteArrayView(key));
    if (!value.isNull())
        json.append(",\"value\":").append(value.view());
    if (!oldValue.isNull())
        json.append(",\"old_value\":").append(oldValue.view());
    json.append(",\"headers\":").append(headers.patched(named).view()).append('}');
    return json;
}

} // namespace DurableStreams
