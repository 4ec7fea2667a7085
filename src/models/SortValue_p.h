// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArrayView>
#include <QVariant>

#include <memory>

namespace DurableStreams {

/*!
 * One value that rows sort or compare by. Kinds sort as: none, false and true, numbers, strings, lists and maps.
 * Numbers compare exactly, integers with floating-point ones too; strings by their code units, so that OrderKey
 * positions sort as they should; lists and maps by their JSON.
 *
 * 24 bytes, and for a text of more than eight bytes the rest of it.
 */
class SortValue
{
public:
    SortValue() = default;
    explicit SortValue(const QVariant &value);
    /*! The same of \a json, a checked text; a null view is none. */
    static SortValue fromJson(QByteArrayView json);
    SortValue(const SortValue &other);
    SortValue(SortValue &&) noexcept = default;
    SortValue &operator=(SortValue other) noexcept;

    /*! Below, at or above 0: this sorts ahead of, with, or behind \a other. */
    int compare(const SortValue &other) const;
    bool isSameKind(const SortValue &other) const;

    // For sorting many by one number each, which spares most looks at the values.
    bool isText() const { return m_type == Type::Text; }
    /*! Whether head() says all there is among values of one type. */
    bool isWhole() const { return m_type < Type::Text; }
    bool isSameType(const SortValue &other) const { return m_type == other.m_type; }
    /*! How many bytes two texts begin with alike. */
    quint32 commonPrefix(const SortValue &other) const;
    /*! Sorts as the value does among those of its type whose texts are alike up to \a prefix. */
    quint64 head(quint32 prefix = 0) const;

private:
    enum class Type : quint8 { None, Bool, Integer, Unsigned, Double, Text, Composite };
    enum class Kind { None, Bool, Number, String, Composite };

    SortValue(Type type, quint64 head)
        : m_type(type)
        , m_head(head)
    {
    }
    static SortValue of(qint64 number);
    static SortValue of(quint64 number);
    static SortValue of(double number);
    static SortValue of(Type type, QByteArrayView text);

    Kind kind() const;
    int compareNumber(const SortValue &other) const;
    uchar byteAt(quint32 place) const;
    quint32 restSize() const;

    Type m_type = Type::None;
    quint32 m_size = 0; // of a text
    quint64 m_head = 0; // sorts as the number does, or the first bytes of the text
    std::unique_ptr<uchar[]> m_rest; // of a text
};

} // namespace DurableStreams
