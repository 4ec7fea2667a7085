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

void appendMember(QByteArray &json, QByteArrayView start, QByteArrayView text)
{
    if (text.isEmpty())
        return;
    json.append(start);
    appendJsonString(json, text);
}

void appendHeaders(QByteArray &json, const ChangeEvent &event)
{
    appendMember(json, "{\"operation\":", nameOf(event.operation));
    appendMember(json, ",\"txid\":", event.txid);
    appendMember(json, ",\"timestamp\":", event.timestamp);
    json.append('}');
}

// Those of the protocol in the place of any that the app gave such a name.
JsonText headersOf(const ChangeEvent &event)
{
    QList<JsonText::Field> named{{"operation", stringText(nameOf(event.operation))}};
    if (!event.txid.isEmpty())
        named.append({"txid", stringText(event.txid)});
    if (!event.timestamp.isEmpty())
        named.append({"timestamp", stringText(event.timestamp)});
    return event.headers.patched(named);
}

constexpr qsizetype RoomForNames = 160; // those of fields and headers, and a txid

} // namespace

QByteArray ChangeEvent::toJson() const
{
    QByteArray json;
    json.reserve(type.size() + key.size() + value.view().size() + oldValue.view().size() + headers.view().size()
                 + RoomForNames);
    json.append("{\"type\":");
    appendJsonString(json, QByteArrayView(type));
    json.append(",\"key\":");
    appendJsonString(json, QByteArrayView(key));
    if (!value.isNull())
        json.append(",\"value\":").append(value.view());
    if (!oldValue.isNull())
        json.append(",\"old_value\":").append(oldValue.view());
    json.append(",\"headers\":");
    if (headers.isNull())
        appendHeaders(json, *this);
    else
        json.append(headersOf(*this).view());
    return json.append('}');
}

} // namespace DurableStreams
