// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/CheckerWalk_p.h"

#include "state/TextForms_p.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace DurableStreams {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isNumberHead(char c)
{
    return isDigit(c) || c == '-';
}

std::size_t hashOf(QByteArrayView name)
{
    if (name.isEmpty())
        return 0;
    const auto at = [&](qsizetype place) { return std::size_t(uchar(name[place])); };
    return std::size_t(name.size()) * 131 + at(0) * 31 + at(name.size() / 2) * 7 + at(name.size() - 1) * 17;
}

// Almost all integers are plain digits, too few to be out of range.
bool isShortInteger(QByteArrayView number)
{
    constexpr qsizetype longest = 18;
    if (number.size() > longest)
        return false;
    return std::all_of(number.begin() + (number.front() == '-' ? 1 : 0), number.end(), isDigit);
}

bool fitsInteger(const CheckerNode &node, QByteArrayView number)
{
    const bool isUnbounded = node.minimum == std::numeric_limits<qint64>::min()
        && node.maximum == quint64(std::numeric_limits<qint64>::max());
    if (isUnbounded && isShortInteger(number))
        return true;
    const auto value = integerFromNumber(number);
    return value && *value >= node.minimum && *value <= qint64(node.maximum);
}

bool fitsUnsigned(const CheckerNode &node, QByteArrayView number)
{
    const auto value = unsignedFromNumber(number);
    return value && *value <= node.maximum;
}

bool fitsNumber(const CheckerNode &node, QByteArrayView number)
{
    switch (node.type) {
    case Field::Type::Integer:
        return fitsInteger(node, number);
    case Field::Type::Unsigned:
        return fitsUnsigned(node, number);
    case Field::Type::Decimal:
        return true;
    case Field::Type::BigInteger:
        return isIntegerText(number);
    case Field::Type::DateTime:
        return instantFromNumber(number).has_value();
    case Field::Type::Enumeration: {
        const auto value = integerFromNumber(number);
        if (!value || node.numbers.isEmpty())
            return false;
        return node.isFlag ? *value == int(*value) : node.numbers.contains(*value);
    }
    default:
        return false;
    }
}

bool isNameOf(const CheckerNode &node, QByteArrayView name)
{
    return std::any_of(node.names.begin(), node.names.end(), [&](const QByteArray &known) { return known == name; });
}

bool areFlagsOf(const CheckerNode &node, QByteArrayView names)
{
    for (;;) {
        const qsizetype bar = names.indexOf('|');
        if (!isNameOf(node, bar < 0 ? names : names.first(bar)))
            return false;
        if (bar < 0)
            return true;
        names = names.sliced(bar + 1);
    }
}

bool fitsText(const CheckerNode &node, QByteArrayView text)
{
    switch (node.type) {
    case Field::Type::Decimal:
        return isDecimalText(text);
    case Field::Type::BigInteger:
        return isIntegerText(text);
    case Field::Type::Date:
        return dateFromText(text).isValid();
    case Field::Type::Time:
        return timeFromText(text).isValid();
    case Field::Type::DateTime:
        return instantFromText(text).has_value();
    case Field::Type::Url:
        return isUrlText(text);
    case Field::Type::Uuid:
        return isUuidText(text);
    case Field::Type::Bytes:
        return isBase64Text(text);
    case Field::Type::Enumeration:
        return node.isFlag ? areFlagsOf(node, text) : isNameOf(node, text);
    default:
        return false;
    }
}

} // namespace

// ---- The plan ----

void CheckerObject::setMembers(std::vector<Member> members)
{
    m_members = std::move(members);
    m_table.assign(std::bit_ceil(m_members.size() * 2 + 1), -1);
    const std::size_t mask = m_table.size() - 1;
    for (std::size_t i = 0; i < m_members.size(); ++i) {
        const Member &member = m_members[i];
        std::size_t slot = hashOf(member.name) & mask;
        while (m_table[slot] >= 0)
            slot = (slot + 1) & mask;
        m_table[slot] = int(i);
        m_hasBackslash = m_hasBackslash || member.name.contains('\\');
        m_requiredCount = std::max(m_requiredCount, member.requiredBit + 1);
    }
}

const CheckerObject::Member *CheckerObject::lookUp(QByteArrayView name, std::size_t &expected) const
{
    const bool isEscaped = !name.isEmpty() && std::memchr(name.data(), '\\', std::size_t(name.size()));
    return isEscaped ? lookUpText(unescapedJson(name), expected) : lookUpText(name, expected);
}

const CheckerObject::Member *CheckerObject::lookUpText(QByteArrayView name, std::size_t &expected) const
{
    const std::size_t mask = m_table.size() - 1;
    for (std::size_t slot = hashOf(name) & mask; m_table[slot] >= 0; slot = (slot + 1) & mask) {
        const auto place = std::size_t(m_table[slot]);
        if (m_members[place].name == name) {
            expected = place + 1;
            return &m_members[place];
        }
    }
    return nullptr;
}

CheckerPlan::CheckerPlan(const QList<Field> &fields, const QByteArray &primaryKey)
{
    addObject(fields, primaryKey);
}

int CheckerPlan::addObject(const QList<Field> &fields, const QByteArray &primaryKey)
{
    const int place = int(m_objects.size());
    m_objects.emplace_back();
    fillObject(place, fields, primaryKey);
    return place;
}

int CheckerPlan::addGadget(const Field &field)
{
    const QMetaObject *const gadget = field.metaType().metaObject();
    if (const auto known = m_gadgets.constFind(gadget); known != m_gadgets.cend())
        return *known;
    const int place = int(m_objects.size());
    m_objects.emplace_back();
    m_gadgets.insert(gadget, place);
    fillObject(place, field.fields(), {});
    return place;
}

void CheckerPlan::fillObject(int place, const QList<Field> &fields, const QByteArray &primaryKey)
{
    std::vector<CheckerObject::Member> members;
    int requiredCount = 0;
    for (const Field &field : fields) {
        const bool isRequired = field.isRequired() && field.name() != primaryKey;
        members.push_back({field.name(), addNode(field), isRequired ? requiredCount++ : -1});
    }
    m_objects[std::size_t(place)].setMembers(std::move(members));
}

int CheckerPlan::addNode(const Field &field)
{
    CheckerNode node;
    node.type = field.type();
    node.isOptional = field.isOptional();
    node.minimum = field.minimum();
    node.maximum = field.maximum();
    node.names = field.names();
    node.reader = field.reader();
    const QMetaEnum enumerators = field.enumerators();
    node.isFlag = enumerators.isValid() && enumerators.isFlag();
    for (int i = 0; i < enumerators.keyCount(); ++i)
        node.numbers.append(enumerators.value(i));
    if (field.type() == Field::Type::Object)
        node.object = field.metaType().isValid() ? addGadget(field) : addObject(field.fields(), {});
    else if (field.type() == Field::Type::List || field.type() == Field::Type::Map)
        node.element = addNode(field.element());
    m_nodes.push_back(std::move(node));
    return int(m_nodes.size()) - 1;
}

// ---- The walk ----

bool CheckerWalk::step()
{
    m_scanner.seek(m_scanner.position() + 1);
    return true;
}

bool CheckerWalk::object(const CheckerObject &object)
{
    constexpr int bits = 64;
    QVarLengthArray<quint64, 4> missing((object.requiredCount() + bits - 1) / bits);
    for (int i = 0; i < object.requiredCount(); ++i)
        missing[i / bits] |= quint64(1) << (i % bits);
    std::size_t expected = 0;
    const bool fits = m_scanner.forEachMember([&](QByteArrayView name) {
        const CheckerObject::Member *const member = object.find(name, expected);
        if (!member) {
            m_scanner.skipValue();
            return true;
        }
        if (member->requiredBit >= 0)
            missing[member->requiredBit / bits] &= ~(quint64(1) << (member->requiredBit % bits));
        return value(m_plan.node(member->node));
    });
    return fits && std::all_of(missing.begin(), missing.end(), [](quint64 word) { return word == 0; });
}

bool CheckerWalk::value(const CheckerNode &node)
{
    const char head = m_scanner.head();
    if (head == 'n' && node.isOptional)
        return step();
    switch (node.type) {
    case Field::Type::Any:
        m_scanner.skipValue();
        return true;
    case Field::Type::String:
        return head == '"' && step();
    case Field::Type::Bool:
        return (head == 't' || head == 'f') && step();
    case Field::Type::Double:
        return isNumberHead(head) && step();
    case Field::Type::List:
        return head == '[' && elements(node);
    case Field::Type::Map:
        return head == '{' && mapped(node);
    case Field::Type::Object:
        return head == '{' && object(m_plan.object(node.object));
    case Field::Type::Custom:
        m_custom.append({&node, m_scanner.skipValue()});
        return true;
    default:
        return textOrNumber(node);
    }
}

bool CheckerWalk::textOrNumber(const CheckerNode &node)
{
    const char head = m_scanner.head();
    if (isNumberHead(head))
        return fitsNumber(node, m_scanner.skipValue());
    if (head != '"')
        return false;
    const QByteArrayView token = m_scanner.skipValue();
    const QByteArrayView raw = token.sliced(1, token.size() - 2);
    return raw.contains('\\') ? fitsText(node, unescapedJson(raw)) : fitsText(node, raw);
}

bool CheckerWalk::elements(const CheckerNode &node)
{
    const CheckerNode &element = m_plan.node(node.element);
    return m_scanner.forEachElement([&] { return value(element); });
}

bool CheckerWalk::mapped(const CheckerNode &node)
{
    const CheckerNode &element = m_plan.node(node.element);
    return m_scanner.forEachMember([&](QByteArrayView) { return value(element); });
}

bool CheckerWalk::satisfiesReaders() const
{
    return std::all_of(m_custom.begin(), m_custom.end(), [](const auto &custom) {
        const auto &[node, json] = custom;
        return node->reader && node->reader(JsonText::fromCheckedJson(json)).isValid();
    });
}

} // namespace DurableStreams
