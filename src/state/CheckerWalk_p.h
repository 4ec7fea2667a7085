// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "state/CheckerPlan_p.h"
#include "state/JsonScanner_p.h"

#include <QByteArrayView>
#include <QVarLengthArray>

#include <utility>

namespace DurableStreams {

/*!
 * Goes once over the tokens of an object, known to be valid JSON, and tells whether it fits a plan. True is always
 * right; false, also of satisfiesReaders(), may mean that a name is doubled and the last one fits, or that more fields
 * are required than a mask has bits.
 *
 * Reads the scanner's tokens itself: because nothing needs to be checked again, it is three times as fast as
 * JsonScanner::forEachMember().
 */
class CheckerWalk
{
public:
    /*! Begins at the value at hand of \a scanner, which is not moved. */
    CheckerWalk(const CheckerPlan &plan, const JsonScanner &scanner)
        : m_plan(plan)
        , m_text(scanner.text().data())
        , m_end(m_text + scanner.text().size())
        , m_tokens(scanner.tokens())
        , m_at(scanner.position())
        , m_hasBackslash(scanner.hasBackslash())
    {
    }

    /*! Whether the object at hand fits; position() is behind it then, and anywhere otherwise. */
    bool acceptsObject() { return object(m_plan.root()); }
    quint32 position() const { return m_at; }
    /*! Whether the readers of the custom fields, which were left out, take their values. */
    bool satisfiesReaders() const { return m_custom.isEmpty() || askReaders(); }

private:
    bool askReaders() const;
    char head() const { return m_text[m_tokens[m_at]]; }
    const CheckerMember *find(const CheckerObject &object, QByteArrayView name) const;
    bool object(const CheckerObject &object);
    bool value(quint8 plainKinds, int node);
    bool value(const CheckerNode &node);
    bool elements(const CheckerNode &node);
    bool mapped(const CheckerNode &node);
    QByteArrayView scalar();
    QByteArrayView skip();

    const CheckerPlan &m_plan;
    const char *m_text;
    const char *m_end;
    const quint32 *m_tokens;
    quint32 m_at;
    bool m_hasBackslash;
    QVarLengthArray<std::pair<const CheckerNode *, QByteArrayView>, 4> m_custom;
};

} // namespace DurableStreams
