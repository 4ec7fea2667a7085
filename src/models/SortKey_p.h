// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QString>
#include <QVariant>

#include <variant>
#include <vector>

namespace DurableStreams {

/*!
 * One value that rows sort or compare by. Kinds sort as: none, false and true, numbers, strings, lists and maps.
 * Numbers compare exactly, integers with floating-point ones too; strings by their code units, so that OrderKey
 * positions sort as they should; lists and maps by their JSON.
 */
class SortValue
{
public:
    SortValue() = default;
    explicit SortValue(const QVariant &value);

    /*! Below, at or above 0: this sorts ahead of, with, or behind \a other. */
    int compare(const SortValue &other) const;
    bool isSameKind(const SortValue &other) const;
    friend bool operator==(const SortValue &, const SortValue &) = default;

private:
    std::variant<std::monostate, bool, qint64, quint64, double, QString, QByteArray> m_value;
};

using SortKey = std::vector<SortValue>;

} // namespace DurableStreams
