// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/EventReader_p.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qsizetype quarantinedTextSize = 4096;
constexpr qsizetype quotedSize = 40;

// A value within an event may be as deep as one that stands alone.
constexpr int depthInEvent = JsonScanner::maxDepth;

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

std::optional<Operation> operationFrom(const JsonScanner &scanner, QByteArrayView token)
{
    if (!isString(token))
        return std::nullopt;
    const QByteArrayView name = withoutQuotes(token);
    if (scanner.isNamed(name, "insert"))
        return Operation::Insert;
    if (scanner.isNamed(name, "update"))
        return Operation::Update;
    if (scanner.isNamed(name, "upsert"))
        return Operation::Upsert;
    if (scanner.isNamed(name, "delete"))
        return Operation::Delete;
    return std::nullopt;
}

std::optional<ControlEvent::Kind> controlFrom(const JsonScanner &scanner, QByteArrayView token)
{
    if (!isString(token))
        return std::nullopt;
    const QByteArrayView name = withoutQuotes(token);
    if (scanner.isNamed(name, "snapshot-start"))
        return ControlEvent::Kind::SnapshotStart;
    if (scanner.isNamed(name, "snapshot-end"))
        return ControlEvent::Kind::SnapshotEnd;
    if (scanner.isNamed(name, "reset"))
        return ControlEvent::Kind::Reset;
    return std::nullopt;
}

} // namespace

EventKind EventReader::read(QByteArrayView element)
{
    m_element = element;
    m_members = {};
    if (!m_scanner.start(element))
        return failJson();
    if (m_scanner.head() != '{') {
        const QByteArrayView value = m_scanner.checkValue();
        return m_scanner.checkEnd() ? fail(u"the event is %1; expected an object"_s.arg(kindOf(value))) : failJson();
    }
    const JsonScanner::Token behind = readMembers(m_scanner.firstToken());
    if (!behind)
        return failJson();
    m_scanner.seek(m_scanner.positionOf(behind));
    return m_scanner.checkEnd() ? judge() : failJson();
}

// Objects in an array are parted so, but for white space; where that stands within a string or a value, less is read at
// once.
qsizetype EventReader::endOfLastWholeObject(QByteArrayView bytes)
{
    for (qsizetype at = bytes.size() - 3; at > 0; --at) {
        if (bytes[at + 1] == ',' && bytes[at] == '}' && bytes[at + 2] == '{')
            return at + 1;
    }
    return 0;
}

JsonScanner::Token EventReader::readMembers(JsonScanner::Token token)
{
    m_members = {};
    m_headers = {};
    m_fields.clear();
    return m_scanner.checkObjectAt(token, [this](QByteArrayView name, JsonScanner::Token value) {
        QByteArrayView *const member = memberNamed(name);
        const JsonScanner::Token behind = member == &m_members.value ? readValue(value)
            : member == &m_members.headers                           ? readHeaders(value)
                                                                     : m_scanner.checkValueAt(value, depthInEvent);
        if (member)
            *member = behind ? m_scanner.valueBetween(value, behind) : QByteArrayView();
        return behind;
    });
}

JsonScanner::Token EventReader::readValue(JsonScanner::Token token)
{
    m_fields.clear();
    m_members.valueToken = m_scanner.positionOf(token);
    if (m_scanner.headOf(token) != '{')
        return m_scanner.checkValueAt(token, depthInEvent);
    return m_scanner.checkObjectAt(token, [this](QByteArrayView name, JsonScanner::Token value) {
        const JsonScanner::Token behind = m_scanner.checkValueAt(value, depthInEvent - 1);
        if (behind)
            m_fields.push_back({name, m_scanner.valueBetween(value, behind)});
        return behind;
    });
}

JsonScanner::Token EventReader::readHeaders(JsonScanner::Token token)
{
    m_headers = {};
    if (m_scanner.headOf(token) != '{')
        return m_scanner.checkValueAt(token, depthInEvent);
    return m_scanner.checkObjectAt(token, [this](QByteArrayView name, JsonScanner::Token value) {
        QByteArrayView *const header = headerNamed(name);
        const JsonScanner::Token behind = m_scanner.checkValueAt(value, depthInEvent - 1);
        if (header && behind)
            *header = m_scanner.valueBetween(value, behind);
        return behind;
    });
}

// Where the value goes; null for one that is not looked at.
QByteArrayView *EventReader::memberNamed(QByteArrayView name)
{
    if (m_scanner.isNamed(name, "type"))
        return &m_members.type;
    if (m_scanner.isNamed(name, "key"))
        return &m_members.key;
    if (m_scanner.isNamed(name, "value"))
        return &m_members.value;
    if (m_scanner.isNamed(name, "headers"))
        return &m_members.headers;
    if (m_scanner.isNamed(name, "old_value"))
        return &m_members.oldValue;
    return nullptr;
}

QByteArrayView *EventReader::headerNamed(QByteArrayView name)
{
    if (m_scanner.isNamed(name, "operation"))
        return &m_headers.operation;
    if (m_scanner.isNamed(name, "control"))
        return &m_headers.control;
    if (m_scanner.isNamed(name, "txid"))
        return &m_headers.txid;
    if (m_scanner.isNamed(name, "timestamp"))
        return &m_headers.timestamp;
    return nullptr;
}

const FieldView *EventReader::field(QByteArrayView name) const
{
    const auto found = std::find_if(m_fields.rbegin(), m_fields.rend(),
                                    [&](const FieldView &field) { return m_scanner.isNamed(field.name, name); });
    return found == m_fields.rend() ? nullptr : &*found;
}

// A string's text, as a view of itself or of unescaped.
QByteArrayView EventReader::textOf(QByteArrayView string, QByteArray *unescaped, bool *hasLoneSurrogate) const
{
    const QByteArrayView raw = withoutQuotes(string);
    if (!m_scanner.hasBackslash() || !raw.contains('\\'))
        return raw;
    *unescaped = unescapedJson(raw, hasLoneSurrogate);
    return *unescaped;
}

// A type or a key; else it fails. One with a lone surrogate has no UTF-8 form: replacing the surrogate could make two
// entities one.
bool EventReader::readName(QLatin1StringView member, QByteArrayView token, QByteArray *unescaped, QByteArrayView *name)
{
    if (token.isNull())
        return failWith(u"%1 is missing"_s.arg(member));
    if (!isString(token))
        return failWith(u"%1 is %2; expected a string"_s.arg(member, kindOf(token)));
    bool hasLoneSurrogate = false;
    *name = textOf(token, unescaped, &hasLoneSurrogate);
    if (hasLoneSurrogate)
        return failWith(u"%1 holds a surrogate without its other half"_s.arg(member));
    return !name->isEmpty() || failWith(u"%1 is empty"_s.arg(member));
}

// A header that may be left out, or null; else it fails.
bool EventReader::readHeader(QLatin1StringView member, QByteArrayView token, QByteArray *unescaped,
                             QByteArrayView *text)
{
    *text = {};
    if (token.isNull() || token == "null")
        return true;
    if (!isString(token))
        return failWith(u"headers.%1 is %2; expected a string"_s.arg(member, kindOf(token)));
    *text = textOf(token, unescaped, nullptr);
    return true;
}

EventKind EventReader::judge()
{
    const QByteArrayView headers = m_members.headers;
    if (headers.isNull())
        return fail(u"headers is missing"_s);
    if (headers.front() != '{')
        return fail(u"headers is %1; expected an object"_s.arg(kindOf(headers)));
    if (!m_headers.operation.isNull())
        return judgeChange();
    if (!m_headers.control.isNull())
        return judgeControl();
    return fail(u"headers has neither operation nor control"_s);
}

EventKind EventReader::judgeChange()
{
    const std::optional<Operation> operation = operationFrom(m_scanner, m_headers.operation);
    if (!operation)
        return fail(
            u"headers.operation is %1; expected insert, update, upsert or delete"_s.arg(shown(m_headers.operation)));
    if (!readName("type"_L1, m_members.type, &m_type, &m_change.type)
        || !readName("key"_L1, m_members.key, &m_key, &m_change.key)
        || !readHeader("txid"_L1, m_headers.txid, &m_txid, &m_change.txid)
        || !readHeader("timestamp"_L1, m_headers.timestamp, &m_timestamp, &m_change.timestamp))
        return EventKind::Bad;
    if (*operation != Operation::Delete && m_members.value.isNull())
        return fail(u"value is missing"_s);
    m_change.operation = *operation;
    m_change.value = *operation == Operation::Delete ? QByteArrayView() : m_members.value;
    m_change.valueToken = m_members.valueToken;
    m_change.oldValue = m_members.oldValue;
    m_change.headers = m_members.headers;
    return EventKind::Change;
}

EventKind EventReader::judgeControl()
{
    const std::optional<ControlEvent::Kind> kind = controlFrom(m_scanner, m_headers.control);
    if (!kind)
        return fail(
            u"headers.control is %1; expected snapshot-start, snapshot-end or reset"_s.arg(shown(m_headers.control)));
    m_control.kind = *kind;
    return EventKind::Control;
}

EventKind EventReader::fail(const QString &reason)
{
    m_reason = reason;
    return EventKind::Bad;
}

bool EventReader::failWith(const QString &reason)
{
    m_reason = reason;
    return false;
}

EventKind EventReader::failJson()
{
    return fail(u"not valid JSON: %1"_s.arg(m_scanner.errorString()));
}

QuarantinedEvent EventReader::bad() const
{
    QuarantinedEvent event;
    event.reason = m_reason;
    event.text = m_element.trimmed().first(std::min(m_element.trimmed().size(), quarantinedTextSize)).toByteArray();
    if (isString(m_members.type))
        event.type = unescapedJson(withoutQuotes(m_members.type));
    if (isString(m_members.key))
        event.key = unescapedJson(withoutQuotes(m_members.key));
    return event;
}

} // namespace DurableStreams
