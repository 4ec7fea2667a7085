// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/CheckerPlan_p.h"

#include <bit>

namespace DurableStreams {

namespace {

std::size_t hashOf(QByteArrayView name)
{
    if (name.isEmpty())
        return 0;
    const auto at = [&](qsizetype place) { return std::size_t(uchar(name[place])); };
    return std::size_t(name.size()) * 131 + at(0) * 31 + at(name.size() / 2) * 7 + at(name.size() - 1) * 17;
}

// How many digits an integer may have and surely be in the field's range.
int safeDigitsOf(const Field &field)
{
    constexpr int mostDigits = 18;
    const bool isSigned = field.type() == Field::Type::Integer;
    if (isSigned && qint64(field.maximum()) < 0)
        return 0;
    int digits = 0;
    for (qint64 greatest = 9; digits < mostDigits; ++digits) {
        if (quint64(greatest) > field.maximum() || (isSigned && -greatest < field.minimum()))
            break;
        if (digits + 1 < mostDigits)
            greatest = greatest * 10 + 9;
    }
    return digits;
}

} // namespace

quint8 plainKindsOf(const Field &field)
{
    const quint8 null = field.isOptional() ? JsonKind::Null : 0;
    switch (field.type()) {
    case Field::Type::Any:
        return JsonKind::String | JsonKind::Number | JsonKind::Bool | JsonKind::Null;
    case Field::Type::String:
        return JsonKind::String | null;
    case Field::Type::Bool:
        return JsonKind::Bool | null;
    case Field::Type::Double:
    case Field::Type::Decimal:
        return JsonKind::Number | null;
    default:
        return null;
    }
}

void CheckerObject::setMembers(std::vector<CheckerMember> members, int requiredCount)
{
    m_members = std::move(members);
    m_hasTooManyRequired = requiredCount > mostRequired;
    m_table.assign(std::bit_ceil(m_members.size() * 2 + 1), -1);
    const std::size_t mask = m_table.size() - 1;
    for (std::size_t i = 0; i < m_members.size(); ++i) {
        const CheckerMember &member = m_members[i];
        std::size_t slot = hashOf(member.name) & mask;
        while (m_table[slot] >= 0)
            slot = (slot + 1) & mask;
        m_table[slot] = int(i);
        m_requiredMask |= member.requiredMask;
    }
}

const CheckerMember *CheckerObject::find(QByteArrayView name) const
{
    const std::size_t mask = m_table.size() - 1;
    for (std::size_t slot = hashOf(name) & mask; m_table[slot] >= 0; slot = (slot + 1) & mask) {
        const CheckerMember &member = m_members[std::size_t(m_table[slot])];
        if (member.name == name)
            return &member;
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
    std::vector<CheckerMember> members;
    int requiredCount = 0;
    for (const Field &field : fields) {
        const bool isRequired = field.isRequired() && field.name() != primaryKey;
        const int bit = isRequired ? requiredCount++ % CheckerObject::mostRequired : 0;
        members.emplace_back(field.name(), field, addNode(field), quint64(isRequired) << bit);
    }
    m_objects[std::size_t(place)].setMembers(std::move(members), requiredCount);
}

int CheckerPlan::addNode(const Field &field)
{
    CheckerNode node;
    node.type = field.type();
    node.plainKinds = plainKindsOf(field);
    node.minimum = field.minimum();
    node.maximum = field.maximum();
    node.safeDigits = safeDigitsOf(field);
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

} // namespace DurableStreams
