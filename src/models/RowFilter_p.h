// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "models/SortValue_p.h"
#include "state/JsonObject_p.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QVariantMap>

#include <span>
#include <vector>

namespace DurableStreams {

/*! LiveQuery::where() made ready to be asked row by row. */
class RowFilter
{
public:
    RowFilter() = default;
    explicit RowFilter(const QVariantMap &where);

    /*! The fields that the answer depends on. */
    QList<QByteArray> fields() const;
    /*! accepts() gets its texts in the order of \a fields, all of fields() among them. */
    void bind(const QList<QByteArray> &fields);
    bool accepts(std::span<const JsonFieldText> texts) const;

private:
    enum class Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, Contains, Never };
    struct Condition
    {
        QByteArray field;
        qsizetype place = 0; // of the field's text
        Comparison comparison = Comparison::Equal;
        std::vector<SortValue> operands; // one, or the list of In
        QString part; // of Contains
    };

    void addField(const QByteArray &field, const QVariant &expected);
    static Condition condition(const QByteArray &field, const QString &name, const QVariant &operand);
    static bool holds(const Condition &condition, QByteArrayView text);

    std::vector<Condition> m_conditions; // all must hold
    std::vector<std::vector<RowFilter>> m_alternatives; // of each group one must accept
};

} // namespace DurableStreams
