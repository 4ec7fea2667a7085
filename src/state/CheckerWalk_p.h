// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "state/JsonScanner_p.h"

#include <DurableStreams/Field>

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>
#include <QList>
#include <QVarLengthArray>

#include <utility>
#include <vector>

namespace DurableStreams {

/*! What one value has to be. Elements and objects are places in CheckerPlan. */
struct CheckerNode
{
    Field::Type type = Field::Type::Any;
    bool isOptional = false;
    bool isFlag = false;
    qint64 minimum = 0;
    quint64 maximum = 0;
    int element = -1;
    int object = -1;
    QList<QByteArray> names;
    QList<qint64> numbers; // that stand for names
    Field::Reader reader;
};

/*! The fields of an object, found by their place or by a hash. */
class CheckerObject
{
public:
    struct Member
    {
        QByteArray name;
        int node = 0;
        int requiredBit = -1;
    };

    void setMembers(std::vector<Member> members);
    /*! How many of the members have to be there: their bits are 0 up to this. */
    int requiredCount() const { return m_requiredCount; }
    /*! The member \a name, as a JsonScanner gives it; \a expected is where to look first, and is moved on. */
    const Member *find(QByteArrayView name, std::size_t &expected) const
    {
        if (expected < m_members.size() && m_members[expected].name == name && !m_hasBackslash)
            return &m_members[expected++];
        return lookUp(name, expected);
    }

private:
    const Member *lookUp(QByteArrayView name, std::size_t &expected) const;
    const Member *lookUpText(QByteArrayView name, std::size_t &expected) const;

    std::vector<Member> m_members;
    std::vector<int> m_table; // of places in m_members by hash, -1 where there is none
    int m_requiredCount = 0;
    bool m_hasBackslash = false; // in a name, which then looks like an escape
};

/*! A schema made ready for CheckerWalk. */
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

/*!
 * Goes once over the tokens of a valid value and tells whether it fits. True is always right; false may also mean
 * that a name is doubled, and the last one fits.
 */
class CheckerWalk
{
public:
    CheckerWalk(const CheckerPlan &plan, JsonScanner &scanner)
        : m_plan(plan)
        , m_scanner(scanner)
    {
    }

    bool object(const CheckerObject &object);
    /*! Whether the readers of the custom fields, which were left out, take their values. */
    bool satisfiesReaders() const;

private:
    bool value(const CheckerNode &node);
    bool textOrNumber(const CheckerNode &node);
    bool elements(const CheckerNode &node);
    bool mapped(const CheckerNode &node);
    bool step();

    const CheckerPlan &m_plan;
    JsonScanner &m_scanner;
    QVarLengthArray<std::pair<const CheckerNode *, QByteArrayView>, 4> m_custom;
};

} // namespace DurableStreams
