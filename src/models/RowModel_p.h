// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>
#include <DurableStreams/Field>
#include <DurableStreams/RowData>
#include <DurableStreams/RowModel>

#include "models/SortKeys_p.h"

#include <QHash>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace DurableStreams {

class Collection;

RowModel::RowState rowStateOf(const ShownRow &row);

/*!
 * The ordered rows behind a RowModel, and the way from touched rows to the model's signals.
 *
 * A subclass says which rows belong here and how they sort. The plan of a change is made before its first signal. What
 * slots ask for meanwhile becomes a job that runs after it, so a running plan never changes.
 */
class RowModelPrivate
{
public:
    // A row in its place; what it is placed by is as told by signals, the row may be further on.
    struct Entry
    {
        RowPointer row;
        quint64 order = 0; // decides between equal sort keys
    };

    virtual ~RowModelPrivate() = default;

    virtual bool accepts(const ShownRow &row) const = 0;
    /*! accepts(), and where it does adds to \a keys what the row sorts by. */
    virtual bool read(const ShownRow & /*row*/, SortKeys * /*keys*/) const { return true; }
    /*! Adds what \a row sorts by ahead of its order: sortWidth() values. */
    virtual void addSortKey(const ShownRow & /*row*/, SortKeys & /*keys*/) const { }
    virtual int sortWidth() const { return 0; }
    virtual bool sortsDescending(int /*part*/) const { return false; }
    /*! Whether a change of \a fields can change which rows belong here, or how they sort. */
    virtual bool dependsOn(ChangedFields fields) const = 0;
    /*! What the rows are rows of, and written to; or none. */
    virtual Collection *collection() const = 0;
    /*! The rows to show some of; none without a source. */
    virtual const Engine::Table *table() const = 0;
    /*! Calls \a visit with each row of table(), in their order where that is known. */
    virtual void forEachRow(const std::function<void(const RowPointer &)> &visit) const;
    /*! Whether touches of table() are being told, so that it may be further on. */
    virtual bool isTelling() const = 0;
    /*! Rises each time that touches begin to be told. */
    virtual quint64 telling() const = 0;
    /*! Whether others of table() follow those that are being told. */
    virtual bool hasMoreToTell() const = 0;
    virtual void fieldsReplaced() { }
    /*! The live row \a key, shown here or not; or none. */
    RowPointer find(const QByteArray &key) const;

    /*! \a touches come later: until they are told, data() gives the rows that went as they were. */
    void await(const CollectionTouches &touches);
    /*! \a touches come next, with reconcile(): until they are told, data() gives the rows as they were. */
    void expect(const CollectionTouches &touches);
    /*! Brings the model up to the touched rows, signal by signal. */
    void reconcile(const CollectionTouches &touches);
    /*! Looks at all rows anew after \a change: another filter, or a source that has rows already. */
    void reconcileAll(std::function<void()> change = {});
    /*! The first rows, in their order; all of them belong here. */
    void fill(std::vector<OrderedRow> &&rows);
    /*! The source went: no rows, one reset. */
    void clear();

    /*! Other roles: one reset where there are rows. \a revision: of the declaration that names them, if there is one.
     */
    void setFields(const QList<Field> &fields, int revision);
    void setDisplayField(const QByteArray &name);
    /*! Runs \a change, after which rows may sort by other values, and sorts: one layoutChanged. */
    void changeOrder(std::function<void()> change);

    /*! The row at \a place as the signals so far tell it. */
    const ShownRow &shownAt(int place) const;
    QVariant title(const ShownRow &row) const;
    bool isRow(const QModelIndex &index) const;
    /*! Of all roles but those that fieldOf() knows. */
    QVariant rowValue(const ShownRow &row, int role) const;
    /*! The place of the field that \a role gives; -1 where it gives none. */
    int fieldOf(int role) const;
    /*! All that belong here in the newest state, in order. */
    std::vector<ShownRow> newest() const;
    /*! Where \a row is shown; -1 where it is not. */
    int placeOf(const RowData &row) const;

    RowModel *q = nullptr;
    QList<Field> fields;
    int revision = 0; // of the declaration that names the fields
    QList<QByteArray> names() const;
    QByteArray displayField;
    std::vector<Entry> list; // as shown
    SortKeys sorts; // of the list
    mutable quint64 rowsRead = 0;
    mutable quint64 keysCompared = 0;

private:
    struct Key
    {
        const SortValue *sort; // sortWidth() values
        quint64 order;
    };
    // What of a row is not as it was.
    struct Aspects
    {
        ChangedFields fields;
        bool pending = false;
        bool offset = false;
        bool timestamp = false;

        bool isEmpty() const { return fields.isEmpty() && !pending && !offset && !timestamp; }
        void add(const Aspects &other)
        {
            fields.add(other.fields);
            pending = pending || other.pending;
            offset = offset || other.offset;
            timestamp = timestamp || other.timestamp;
        }
        friend bool operator==(const Aspects &, const Aspects &) = default;
    };
    struct Change
    {
        Aspects aspects;
        int place; // each step of the plan keeps it right for the next one
    };
    struct Move
    {
        int place; // after what is removed has gone
        quint64 order;
    };
    struct Plan
    {
        std::vector<int> removed;
        std::vector<Move> moved;
        SortKeys movedTo;
        std::vector<Entry> inserted;
        SortKeys insertedAt;
        std::vector<Change> changed;
    };
    // Rows of the inserted ones that come to stand side by side.
    struct Group
    {
        int place; // in the list as it is
        int first;
        int count;
    };
    struct Target
    {
        const RowData *row;
        bool moves;
    };

    // Runs \a job now, or after the signals that are under way; jobs asked for in its slots follow it.
    void run(std::function<void()> job);
    enum class Arrival { AtOnce, Queued };
    void tell(const CollectionTouches &touches, Arrival arrival);
    void noteAhead(bool isAhead);
    Plan newPlan() const;
    bool reads(const ShownRow &row, SortKeys &keys) const;
    template <typename Fields>
    void planMany(Plan &plan, const std::vector<RowTouch> &touches, Fields changedFields);
    void planTouch(Plan &plan, const RowTouch &touch, ChangedFields changedFields, int place);
    bool planAgain(Plan &plan, int place);
    void planInsert(Plan &plan, const RowPointer &row);
    void execute(Plan &plan);
    void remove(Plan &plan);
    void move(Plan &plan);
    void moveOne(Plan &plan);
    void moveMany(Plan &plan);
    std::vector<int> orderAfter(const std::vector<Move> &moved) const;
    void moveRuns(std::vector<Target> &stretch, int first);
    void moveRun(int from, int count, int to);
    void insert(Plan &plan);
    std::vector<Group> groupsOf(const Plan &plan) const;
    void insertAmong(Plan &plan);
    void announce(std::vector<Change> &changed);
    void sort(std::vector<Entry> &entries, SortKeys &keys) const;
    // The places of \a entries, in the order in which they should stand.
    std::vector<int> sorted(const std::vector<Entry> &entries, const SortKeys &keys) const;
    // Puts the row that is at order[i] to i.
    void relayout(const std::vector<int> &order);
    QList<int> rolesOf(const Aspects &aspects) const;

    static Key keyAt(int place, const std::vector<Entry> &entries, const SortKeys &keys)
    {
        return {keys.at(place), entries[std::size_t(place)].order};
    }
    Key keyAt(int place) const { return keyAt(place, list, sorts); }
    bool precedes(const Key &a, const Key &b) const;
    int lowerBound(const Key &key, int first, int last) const;
    int placeOf(const RowData &row, const Key &key) const;
    int placeOf(const RowData &row, const ShownRow &shown) const;
    int placeOf(const RowTouch &touch) const;
    int searchFor(const RowData &row) const;

    int displayPlace = -1; // of displayField among the fields
    const std::vector<RowTouch> *expected = nullptr; // not told yet
    int told = -1; // the last place up to which they are
    QHash<RowPointer, ShownRow> gone; // while signals are under way: rows that went, as they were
    bool mayBeAhead = false; // of the touches
    quint64 aheadAt = 0; // the telling that mayBeAhead is of
    bool executing = false; // signals are under way
    std::deque<std::function<void()>> jobs; // asked for meanwhile
};

} // namespace DurableStreams
