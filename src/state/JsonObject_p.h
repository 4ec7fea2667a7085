// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/KeyHash>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QVarLengthArray>
#include <QVariant>

#include <span>

namespace DurableStreams {

/*
 * What JsonText does, for checked JSON that lies somewhere else. What is of another kind than is asked for has no
 * parts. Views are of the JSON, which has to stay.
 */

struct JsonMember
{
    QByteArrayView name; // unescaped
    QByteArrayView value;
    QByteArray unescaped; // what name is a view of where there is an escape in it
};

/* The members of an object in their order, doubled names and all. */
class JsonMembers
{
public:
    explicit JsonMembers(QByteArrayView object);

    const JsonMember *begin() const { return m_members.begin(); }
    const JsonMember *end() const { return m_members.end(); }
    qsizetype size() const { return m_members.size(); }
    const JsonMember &operator[](qsizetype at) const { return m_members[at]; }
    /* Of doubled names the last; nullptr when there is none. */
    const JsonMember *find(QByteArrayView name) const;
    /* Whether member, one of these, is what its name stands for: the last of that name. */
    bool counts(const JsonMember &member) const { return find(member.name) == &member; }

private:
    static constexpr qsizetype indexedSize = 32; // from here on a hash is faster than looking

    QVarLengthArray<JsonMember, 24> m_members;
    KeyMap<qsizetype, QByteArrayView> m_index;
};

struct JsonFieldText
{
    QByteArrayView name; // unescaped; has to stay
    QByteArrayView text; // as it stands; a null view where there is none
};

/* Finds the texts of all fields, each of another name, in one walk. */
void readJsonFieldTexts(QByteArrayView object, std::span<JsonFieldText> fields);
/* As it stands; a null view when there is none. */
DURABLESTREAMS_EXPORT QByteArrayView jsonFieldText(QByteArrayView object, QByteArrayView name);
DURABLESTREAMS_EXPORT QVariant jsonField(QByteArrayView object, QByteArrayView name);
/* Of two objects. */
DURABLESTREAMS_EXPORT QList<QByteArray> changedJsonFields(QByteArrayView before, QByteArrayView after);

QList<QByteArrayView> jsonElements(QByteArrayView array);
/* The text of a JSON string with its quotes. Without escapes it is a view's bytes, not a copy. */
QByteArray jsonStringText(QByteArrayView string);
DURABLESTREAMS_EXPORT QVariant jsonVariant(QByteArrayView json);

} // namespace DurableStreams
