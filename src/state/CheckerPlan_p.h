// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Field>

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>
#include <QList>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace DurableStreams {

/*! What a JSON value is, as its first byte tells. */
namespace JsonKind {
constexpr quint8 String = 1;
constexpr quint8 Number = 2;
constexpr quint8 Bool = 4;
constexpr quint8 Null = 8;

/*! The kind of a value that begins with \a first; 0 for arrays and objects. */
constexpr quint8 of(char first)
{
    if (first == '"')
        return String;
    if (first == 't' || first == 'f')
        return Bool;
    if (first == 'n')
        return Null;
    return first == '-' || (first >= '0' && first <= '9') ? Number : 0;
}

/*! of() for every byte. */
inline constexpr auto byFirstByte = [] {
    std::array<quint8, 256> kinds{};
    for (std::size_t byte = 0; byte < kinds.size(); ++byte)
        kinds[byte] = of(char(byte));
    return kinds;
}();
} // namespace JsonKind

/*! The kinds of values that \a field takes without another look. */
quint8 plainKindsOf(const Field &field);

/*! What one value has to be. Elements and objects are places in CheckerPlan. */
struct CheckerNode
{
    Field::Type type = Field::Type::Any;
    quint8 plainKinds = 0;
    bool isFlag = false;
    int safeDigits = 0; // an integer of at most so many digits is in range
    qint64 minimum = 0;
    quint64 maximum = 0;
    int element = -1;
    int object = -1;
    QList<QByteArray> names;
    QList<qint64> numbers; // that stand for names
    Field::Reader reader;
};

/*! One field of an object, with what most values need to be judged by. */
struct CheckerMember
{
    static constexpr qsizetype prefixSize = 8;

    CheckerMember(const QByteArray &name, const Field &field, int node, quint64 requiredMask)
        : name(name)
        , plainSize(name.contains('\\') ? -1 : name.size())
        , requiredMask(requiredMask)
        , node(node)
        , plainKinds(plainKindsOf(field))
    {
        const auto size = std::size_t(std::min(name.size(), prefixSize));
        std::memcpy(&prefix, name.constData(), size);
        std::memset(&prefixMask, 0xFF, size);
        if (name.size() > prefixSize)
            std::memcpy(&suffix, name.constData() + name.size() - prefixSize, prefixSize);
    }

    /*! Whether the \a size bytes at \a text, somewhere in front of \a end, are the name, written without escapes. */
    bool isNamed(const char *text, qsizetype size, const char *end) const
    {
        if (size != plainSize)
            return false;
        if (end - text < prefixSize)
            return std::memcmp(text, name.constData(), std::size_t(size)) == 0;
        quint64 begin = 0;
        std::memcpy(&begin, text, prefixSize);
        if ((begin & prefixMask) != prefix)
            return false;
        return size <= prefixSize
            || std::memcmp(text + prefixSize, name.constData() + prefixSize, std::size_t(size - prefixSize)) == 0;
    }

    QByteArray name;
    qsizetype plainSize; // -1 for a name with a backslash, which is never written so
    quint64 prefix = 0;
    quint64 prefixMask = 0;
    quint64 suffix = 0; // the last bytes of a name that is longer than the prefix
    quint64 requiredMask = 0; // one bit where the member has to be there
    int node = 0;
    quint8 plainKinds = 0;
};

/*! The fields of an object, found by their place or by a hash. */
class CheckerObject
{
public:
    static constexpr int mostRequired = 64;

    void setMembers(std::vector<CheckerMember> members, int requiredCount);

    const CheckerMember *begin() const { return m_members.data(); }
    const CheckerMember *end() const { return m_members.data() + m_members.size(); }
    /*! The bits of all members that have to be there. */
    quint64 requiredMask() const { return m_requiredMask; }
    /*! Whether there are more of them than bits. */
    bool hasTooManyRequired() const { return m_hasTooManyRequired; }
    /*! The member \a name; nullptr when there is none. */
    const CheckerMember *find(QByteArrayView name) const;

private:
    std::vector<CheckerMember> m_members;
    std::vector<int> m_table; // of places in m_members by hash, -1 where there is none
    quint64 m_requiredMask = 0;
    bool m_hasTooManyRequired = false;
};

/*! A list of fields made ready for CheckerWalk. */
class CheckerPlan
{
public:
    CheckerPlan() = default;
    /*! \a primaryKey may be absent though it is required. */
    CheckerPlan(const QList<Field> &fields, const QByteArray &primaryKey);

    const CheckerObject &root() const { return m_objects.front(); }
    const CheckerNode &node(int place) const { return m_nodes[std::size_t(place)]; }
    const CheckerObject &object(int place) const { return m_objects[std::size_t(place)]; }

private:
    int addObject(const QList<Field> &fields, const QByteArray &primaryKey);
    int addGadget(const Field &field);
    int addNode(const Field &field);
    void fillObject(int place, const QList<Field> &fields, const QByteArray &primaryKey);

    std::vector<CheckerNode> m_nodes;
    std::vector<CheckerObject> m_objects;
    QHash<const QMetaObject *, int> m_gadgets; // their objects: a gadget may hold others of its kind
};

} // namespace DurableStreams
