// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "EventDecoder.h"

#include "state/JsonScanner_p.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qsizetype quarantinedTextSize = 4096;
constexpr qsizetype quotedSize = 40;

// A value within an event may be as deep as one that stands alone.
constexpr int depthInEvent = JsonScanner::maxDepth;

struct EventMembers
{
    QByteArrayView type;
    QByteArrayView key;
    QByteArrayView value;
    QByteArrayView oldValue;
    QByteArrayView headers;
    quint32 headersPosition = 0;
};

struct HeaderMembers
{
    QByteArrayView operation;
    QByteArrayView control;
    QByteArrayView txid;
    QByteArrayView timestamp;
};

bool isString(QByteArrayView token)
{
    return token.startsWith('"');
}

QByteArrayView withoutQuotes(QByteArrayView string)
{
    return string.sliced(1, string.size() - 2);
}

QString kindOf(QByteArrayView token)
{
    switch (token.front()) {
    case '{':
        return u"an object"_s;
    case '[':
        return u"an array"_s;
    case '"':
        return u"a string"_s;
    case 't':
    case 'f':
        return u"a boolean"_s;
    case 'n':
        return u"null"_s;
    default:
        return u"a number"_s;
    }
}

// What a member holds, for a reason: a string as it stands, cut when it is long; else the kind.
QString shown(QByteArrayView token)
{
    if (!isString(token))
        return kindOf(token);
    if (token.size() <= quotedSize)
        return QString::fromUtf8(token);
    return QString::fromUtf8(token.first(quotedSize)) + u"…"_s;
}

std::optional<Operation> operationFrom(QByteArrayView token)
{
    if (!isString(token))
        return std::nullopt;
    const QByteArrayView name = withoutQuotes(token);
    if (spells(name, "insert"))
        return Operation::Insert;
    if (spells(name, "update"))
        return Operation::Update;
    if (spells(name, "upsert"))
        return Operation::Upsert;
    if (spells(name, "delete"))
        return Operation::Delete;
    return std::nullopt;
}

std::optional<ControlEvent::Kind> controlFrom(QByteArrayView token)
{
    if (!isString(token))
        return std::nullopt;
    const QByteArrayView name = withoutQuotes(token);
    if (spells(name, "snapshot-start"))
        return ControlEvent::Kind::SnapshotStart;
    if (spells(name, "snapshot-end"))
        return ControlEvent::Kind::SnapshotEnd;
    if (spells(name, "reset"))
        return ControlEvent::Kind::Reset;
    return std::nullopt;
}

// A type or a key, unescaped; else the reason. One with a lone surrogate has no UTF-8 form: replacing the surrogate
// could make two entities one.
QString readName(QLatin1StringView member, QByteArrayView token, QByteArray *name)
{
    if (token.isNull())
        return u"%1 is missing"_s.arg(member);
    if (!isString(token))
        return u"%1 is %2; expected a string"_s.arg(member, kindOf(token));
    bool hasLoneSurrogate = false;
    *name = unescapedJson(withoutQuotes(token), &hasLoneSurrogate);
    if (hasLoneSurrogate)
        return u"%1 holds a surrogate without its other half"_s.arg(member);
    return name->isEmpty() ? u"%1 is empty"_s.arg(member) : QString();
}

// A header that may be left out, or null; else the reason.
QString readHeader(QLatin1StringView member, QByteArrayView token, QByteArray *text)
{
    if (token.isNull() || token == "null")
        return {};
    if (!isString(token))
        return u"headers.%1 is %2; expected a string"_s.arg(member, kindOf(token));
    *text = unescapedJson(withoutQuotes(token));
    return {};
}

} // namespace

struct EventDecoder::Private
{
    JsonScanner scanner;
    QByteArrayView element;
    EventMembers members;
    QByteArray lastType; // events of one type share its bytes

    bool readMembers();
    HeaderMembers readHeaders();
    Event decodeChange(const HeaderMembers &headers);
    Event quarantined(const QString &reason) const;
};

bool EventDecoder::Private::readMembers()
{
    members = {};
    const bool isWhole = scanner.forEachMember([this](QByteArrayView name) {
        const quint32 position = scanner.position();
        const QByteArrayView value = scanner.checkValue(depthInEvent);
        if (value.isNull())
            return false;
        if (scanner.isNamed(name, "type")) {
            members.type = value;
        } else if (scanner.isNamed(name, "key")) {
            members.key = value;
        } else if (scanner.isNamed(name, "value")) {
            members.value = value;
        } else if (scanner.isNamed(name, "old_value")) {
            members.oldValue = value;
        } else if (scanner.isNamed(name, "headers")) {
            members.headers = value;
            members.headersPosition = position;
        }
        return true;
    });
    return isWhole && scanner.checkEnd();
}

HeaderMembers EventDecoder::Private::readHeaders()
{
    HeaderMembers headers;
    scanner.seek(members.headersPosition);
    scanner.forEachMember([this, &headers](QByteArrayView name) {
        const QByteArrayView value = scanner.skipValue();
        if (scanner.isNamed(name, "operation"))
            headers.operation = value;
        else if (scanner.isNamed(name, "control"))
            headers.control = value;
        else if (scanner.isNamed(name, "txid"))
            headers.txid = value;
        else if (scanner.isNamed(name, "timestamp"))
            headers.timestamp = value;
        return true;
    });
    return headers;
}

Event EventDecoder::Private::decodeChange(const HeaderMembers &headers)
{
    const std::optional<Operation> operation = operationFrom(headers.operation);
    if (!operation) {
        return quarantined(
            u"headers.operation is %1; expected insert, update, upsert or delete"_s.arg(shown(headers.operation)));
    }
    ChangeEvent event;
    event.operation = *operation;
    for (const QString &reason :
         {readName("type"_L1, members.type, &event.type), readName("key"_L1, members.key, &event.key),
          readHeader("txid"_L1, headers.txid, &event.txid),
          readHeader("timestamp"_L1, headers.timestamp, &event.timestamp)}) {
        if (!reason.isEmpty())
            return quarantined(reason);
    }
    if (event.operation != Operation::Delete) {
        if (members.value.isNull())
            return quarantined(u"value is missing"_s);
        event.value = JsonText::fromCheckedJson(members.value);
    }
    if (event.type == lastType)
        event.type = lastType;
    else
        lastType = event.type;
    event.oldValue = JsonText::fromCheckedJson(members.oldValue);
    event.headers = JsonText::fromCheckedJson(members.headers);
    return event;
}

Event EventDecoder::Private::quarantined(const QString &reason) const
{
    QuarantinedEvent event;
    event.reason = reason;
    event.text = element.first(std::min(element.size(), quarantinedTextSize)).toByteArray();
    if (isString(members.type))
        event.type = unescapedJson(withoutQuotes(members.type));
    if (isString(members.key))
        event.key = unescapedJson(withoutQuotes(members.key));
    return event;
}

EventDecoder::EventDecoder()
    : d(std::make_unique<Private>())
{
}

EventDecoder::~EventDecoder() = default;
EventDecoder::EventDecoder(EventDecoder &&) noexcept = default;
EventDecoder &EventDecoder::operator=(EventDecoder &&) noexcept = default;

Event EventDecoder::decode(QByteArrayView element)
{
    d->element = element;
    d->members = {};
    JsonScanner &scanner = d->scanner;
    if (!scanner.start(element))
        return d->quarantined(u"not valid JSON: %1"_s.arg(scanner.errorString()));

    if (scanner.head() != '{') {
        const QByteArrayView value = scanner.checkValue();
        if (!scanner.checkEnd())
            return d->quarantined(u"not valid JSON: %1"_s.arg(scanner.errorString()));
        return d->quarantined(u"the event is %1; expected an object"_s.arg(kindOf(value)));
    }
    if (!d->readMembers())
        return d->quarantined(u"not valid JSON: %1"_s.arg(scanner.errorString()));

    const QByteArrayView headers = d->members.headers;
    if (headers.isNull())
        return d->quarantined(u"headers is missing"_s);
    if (headers.front() != '{')
        return d->quarantined(u"headers is %1; expected an object"_s.arg(kindOf(headers)));

    const HeaderMembers named = d->readHeaders();
    if (!named.operation.isNull())
        return d->decodeChange(named);
    if (named.control.isNull())
        return d->quarantined(u"headers has neither operation nor control"_s);
    if (const std::optional<ControlEvent::Kind> kind = controlFrom(named.control))
        return ControlEvent{*kind};
    return d->quarantined(
        u"headers.control is %1; expected snapshot-start, snapshot-end or reset"_s.arg(shown(named.control)));
}

} // namespace DurableStreams
