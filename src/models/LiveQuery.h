// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>
#include <DurableStreams/Export>
#include <DurableStreams/RowModel>

#include <QStringList>
#include <QVariantMap>

namespace DurableStreams {

class LiveQueryPrivate;

/*!
 * A filtered and sorted view of a Collection that stays current by itself, with real moves.
 *
 * A commit costs by the rows that it changed: one read and about two times log2(rows) comparisons for each. Roles are
 * those of the collection. GUI thread only.
 */
class DURABLESTREAMS_EXPORT LiveQuery : public DurableStreams::RowModel
{
    Q_OBJECT
    Q_PROPERTY(DurableStreams::Collection *from READ from WRITE setFrom NOTIFY fromChanged FINAL)
    Q_PROPERTY(QVariantMap where READ where WRITE setWhere NOTIFY whereChanged FINAL)
    Q_PROPERTY(QVariant orderBy READ orderBy WRITE setOrderBy NOTIFY orderByChanged FINAL)

public:
    explicit LiveQuery(QObject *parent = nullptr);
    explicit LiveQuery(Collection *from, QObject *parent = nullptr);
    ~LiveQuery() override;

    Collection *from() const;
    void setFrom(Collection *from);

    /*!
     * Which rows belong here: field to the value that it must equal, or to a map of comparisons `eq`, `ne`, `lt`,
     * `lte`, `gt`, `gte`, `in` (a list) and `contains` (a substring in any case; of a list, an element or a part of
     * one). All must hold; of the maps in the list `$any` at least one. Empty: all rows. An unknown comparison matches
     * nothing and warns.
     */
    QVariantMap where() const;
    void setWhere(const QVariantMap &where);

    /*! A field or a list of fields, each with "-" ahead for descending. Equal rows stand as in the collection. */
    QVariant orderBy() const;
    void setOrderBy(const QVariant &orderBy);

    /*! The value of the row \a key if it belongs here. */
    Q_INVOKABLE QVariant get(const QString &key) const;

protected:
    /*! While held, it shows no rows; then it reads all at once. For setting several properties in one step. */
    void setHeld(bool isHeld);

Q_SIGNALS:
    void fromChanged();
    void whereChanged();
    void orderByChanged();

private:
    LiveQueryPrivate *d_func() const;
};

} // namespace DurableStreams
