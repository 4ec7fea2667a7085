// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "TypeView_p.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr qsizetype MostFields = 500; // SQLite takes 2,000 columns

constexpr auto Text = "CAST(stored.value AS TEXT)"_L1;

QString uniqueName(const QString &wanted, const QSet<QString> &taken)
{
    QString name = wanted;
    for (int number = 2; taken.contains(TypeView::folded(name)); ++number)
        name = wanted + u'_' + QString::number(number);
    return name;
}

QString literal(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', "''"_L1) + u'\'';
}

QString shown(const QByteArray &name)
{
    return QString::fromUtf8(name).replace(u'\0', QChar::ReplacementCharacter);
}

/* JSON paths of SQLite know no escapes, so they cannot name what JSON itself writes with one. */
bool hasPath(const QString &name)
{
    return std::none_of(name.begin(), name.end(), [](QChar c) { return c == u'"' || c == u'\\' || c < QChar::Space; });
}

QString valueOf(const QString &name)
{
    if (hasPath(name))
        return u"%1 ->> %2"_s.arg(Text, literal(u"$.\"%1\""_s.arg(name)));
    return u"(SELECT field.value FROM json_each(%1) AS field WHERE field.key = %2)"_s.arg(Text, literal(name));
}

/* The digits as they stand: as a number SQLite would round them. */
QString digitsOf(const QString &name)
{
    if (!hasPath(name))
        return u"CAST(%1 AS TEXT)"_s.arg(valueOf(name));
    const QString json = u"%1 -> %2"_s.arg(Text, literal(u"$.\"%1\""_s.arg(name)));
    return u"CAST(nullif(trim(%1, '\"'), 'null') AS TEXT)"_s.arg(json);
}

QString columnOf(const Field &field)
{
    const QString name = QString::fromUtf8(field.name());
    const auto cast = [&name](QLatin1StringView type) { return u"CAST(%1 AS %2)"_s.arg(valueOf(name), type); };
    switch (field.type()) {
    case Field::Type::Any:
    case Field::Type::Custom:
        return valueOf(name);
    case Field::Type::Bool:
    case Field::Type::Integer:
        return cast("INTEGER"_L1);
    case Field::Type::Unsigned: // above 2^63 - 1 it is a rounded number
        return cast("NUMERIC"_L1);
    case Field::Type::Double:
        return cast("REAL"_L1);
    case Field::Type::Decimal:
    case Field::Type::BigInteger:
        return digitsOf(name);
    case Field::Type::DateTime: // a stream may have texts and milliseconds
        return field.isInMilliseconds() ? valueOf(name) : cast("TEXT"_L1);
    default:
        return cast("TEXT"_L1);
    }
}

} // namespace

QString TypeView::quoted(const QString &name)
{
    return u'"' + QString(name).replace(u'"', "\"\""_L1) + u'"';
}

QString TypeView::folded(const QString &name)
{
    QString folded = name;
    for (QChar &c : folded) {
        if (c >= u'A' && c <= u'Z')
            c = QChar(char16_t(c.unicode() - u'A' + u'a'));
    }
    return folded;
}

QString TypeView::nameFor(const QByteArray &type, const QSet<QString> &taken)
{
    const QString name = shown(type);
    const QString small = folded(name);
    const bool isReserved = name.isEmpty() || small.startsWith("sqlite_"_L1) || small.startsWith("durable_streams_"_L1);
    return uniqueName(isReserved ? u"type_"_s + name : name, taken);
}

QString TypeView::selection(const QString &table, const QList<Field> &fields)
{
    QSet<QString> taken{u"key"_s, u"value"_s, u"offset"_s, u"timestamp"_s, u"row_order"_s};
    QString columns = u"CAST(stored.key AS TEXT) AS key"_s;
    for (const Field &field : fields.first(qMin(fields.size(), MostFields))) {
        const QString name = uniqueName(shown(field.name()), taken);
        taken.insert(folded(name));
        columns += u", %1 AS %2"_s.arg(columnOf(field), quoted(name));
    }
    return u"SELECT %1, %2 AS value, CAST(stored.\"offset\" AS TEXT) AS \"offset\", CAST(stored.timestamp AS TEXT) AS "
           u"timestamp, "
           "stored.row_order AS row_order FROM %3 AS stored"_s.arg(columns, Text, quoted(table));
}

} // namespace DurableStreams
