// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/RowFilter_p.h"

#include "state/JsonObject_p.h"

#include <QDebug>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

bool containsPart(const QVariant &value, const QString &part)
{
    if (value.typeId() == QMetaType::QVariantList) {
        const QVariantList elements = value.toList();
        return std::any_of(elements.begin(), elements.end(),
                           [&](const QVariant &element) { return containsPart(element, part); });
    }
    return value.typeId() == QMetaType::QString && value.toString().contains(part, Qt::CaseInsensitive);
}

} // namespace

RowFilter::RowFilter(const QVariantMap &where)
{
    for (auto item = where.cbegin(); item != where.cend(); ++item) {
        if (item.key() != "$any"_L1) {
            addField(item.key().toUtf8(), item.value());
            continue;
        }
        std::vector<RowFilter> alternatives;
        const QVariantList maps = item.value().toList();
        for (const QVariant &map : maps)
            alternatives.emplace_back(map.toMap());
        m_alternatives.push_back(std::move(alternatives));
    }
}

void RowFilter::addField(const QByteArray &field, const QVariant &expected)
{
    if (expected.typeId() != QMetaType::QVariantMap) {
        m_conditions.push_back(condition(field, u"eq"_s, expected));
        return;
    }
    const QVariantMap comparisons = expected.toMap();
    for (auto item = comparisons.cbegin(); item != comparisons.cend(); ++item)
        m_conditions.push_back(condition(field, item.key(), item.value()));
}

RowFilter::Condition RowFilter::condition(const QByteArray &field, const QString &name, const QVariant &operand)
{
    static const QHash<QString, Comparison> comparisons{
        {u"eq"_s, Comparison::Equal},   {u"ne"_s, Comparison::NotEqual},
        {u"lt"_s, Comparison::Less},    {u"lte"_s, Comparison::LessOrEqual},
        {u"gt"_s, Comparison::Greater}, {u"gte"_s, Comparison::GreaterOrEqual},
        {u"in"_s, Comparison::In},      {u"contains"_s, Comparison::Contains},
    };
    Condition condition{field, 0, comparisons.value(name, Comparison::Never), {}, {}};
    if (condition.comparison == Comparison::Never) {
        qWarning().noquote() << u"LiveQuery: where.%1: \"%2\" is no comparison; there are eq, ne, lt, lte, gt, gte, in "
                                "and contains"_s.arg(QString::fromUtf8(field), name);
    } else if (condition.comparison == Comparison::In) {
        const QVariantList values = operand.toList();
        for (const QVariant &value : values)
            condition.operands.emplace_back(value);
    } else if (condition.comparison == Comparison::Contains) {
        condition.part = operand.toString();
    } else {
        condition.operands.emplace_back(operand);
    }
    return condition;
}

void RowFilter::bind(const QList<QByteArray> &fields)
{
    for (Condition &condition : m_conditions)
        condition.place = fields.indexOf(condition.field);
    for (std::vector<RowFilter> &group : m_alternatives) {
        for (RowFilter &filter : group)
            filter.bind(fields);
    }
}

bool RowFilter::accepts(std::span<const JsonFieldText> texts) const
{
    const bool all = std::all_of(m_conditions.begin(), m_conditions.end(), [&](const Condition &condition) {
        return holds(condition, texts[std::size_t(condition.place)].text);
    });
    return all && std::all_of(m_alternatives.begin(), m_alternatives.end(), [&](const std::vector<RowFilter> &group) {
               return std::any_of(group.begin(), group.end(),
                                  [&](const RowFilter &filter) { return filter.accepts(texts); });
           });
}

bool RowFilter::holds(const Condition &condition, QByteArrayView text)
{
    if (condition.comparison == Comparison::Contains)
        return !text.isNull() && containsPart(jsonVariant(text), condition.part);
    const SortValue actual = SortValue::fromJson(text);
    const auto order = [&] { return actual.compare(condition.operands.front()); };
    const auto comparable = [&] { return actual.isSameKind(condition.operands.front()); };
    switch (condition.comparison) {
    case Comparison::Equal:
        return order() == 0;
    case Comparison::NotEqual:
        return order() != 0;
    case Comparison::Less:
        return comparable() && order() < 0;
    case Comparison::LessOrEqual:
        return comparable() && order() <= 0;
    case Comparison::Greater:
        return comparable() && order() > 0;
    case Comparison::GreaterOrEqual:
        return comparable() && order() >= 0;
    case Comparison::In:
        return std::any_of(condition.operands.begin(), condition.operands.end(),
                           [&](const SortValue &operand) { return actual.compare(operand) == 0; });
    case Comparison::Contains:
    case Comparison::Never:
        return false;
    }
    return false;
}

QList<QByteArray> RowFilter::fields() const
{
    QList<QByteArray> fields;
    for (const Condition &condition : m_conditions)
        fields.append(condition.field);
    for (const std::vector<RowFilter> &group : m_alternatives) {
        for (const RowFilter &filter : group)
            fields.append(filter.fields());
    }
    return fields;
}

} // namespace DurableStreams
