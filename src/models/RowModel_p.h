// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Engine>
#include <DurableStreams/RowData>
#include <DurableStreams/RowModel>

#include "models/SortKey_p.h"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace DurableStreams {

/*!
 * The ordered rows behind a RowModel, and the way from touched rows to the model's signals.
 *
 * A subclass says which rows belong here and how they sort. The plan of a change is made before its first signal. What
 * slots ask for meanwhile becomes a job that runs after it, so a running plan never changes.
 */
class RowModelPrivate
{
public:
    struct Entry
    {
        RowPointer row;
        JsonText value; // as told by signals; the row may be further on
        SortKey sort;
        quint64 order = 0; // decides between equal sort keys
        bool pending = false; // as told by signals
        int place = 0; // scratch while a change is worked out
        bool isMoving = false; // scratch while a change is worked out
    };

    virtual ~RowModelPrivate() = default;

    virtual bool accepts(const RowData &row) const = 0;
    virtual SortKey sortKey(const RowData &row) const = 0;
    virtual bool sortsDescending(int /*part*/) const { return false; }
    /*! Whether a change of \a fields can change which rows belong here, or how they sort. */
    virtual bool dependsOn(const QList<QByteArray> &fields) const = 0;
    /*! The rows to show some of; none without a source. */
    virtual const Engine::Table *table() const = 0;
    /*! The live row \a key, shown here or not; or none. */
    RowPointer find(const QByteArray &key) const;

    /*! Brings the model up to the touched rows, signal by signal. */
    void reconcile(std::vector<RowTouch> touches);
    /*! Looks at all rows anew: another filter, another order, or a source that has rows already. */
    void reconcileAll();
    /*! The source went: no rows, one reset. */
    void clear();

    /*! Other roles: one reset where there are rows. */
    void setFields(const QList<QByteArray> &fields);
    /*! Runs \a change, after which sortKey() and sortsDescending() may answer anew, and sorts: one layoutChanged. */
    void changeOrder(std::function<void()> change);
    int rowOf(const RowData *row) const;

    RowModel *q = nullptr;
    QList<QByteArray> fields;
    std::vector<Entry *> list; // as shown
    mutable quint64 rowsRead = 0;
    mutable quint64 keysCompared = 0;

private:
    struct Change
    {
        Entry *entry;
        QList<int> roles;
    };
    struct Move
    {
        Entry *entry;
        SortKey sort;
        quint64 order;
    };
    struct Plan
    {
        std::vector<Entry *> removed;
        std::vector<Move> moved;
        std::vector<Entry *> inserted;
        std::vector<Change> changed;
    };

    void planTouch(Plan &plan, const RowTouch &touch, bool readAnew);
    void execute(Plan &plan);
    // Runs \a job now, or after the signals that are under way; jobs asked for in its slots follow it.
    void run(std::function<void()> job);
    void remove(const std::vector<Entry *> &removed);
    void move(std::vector<Move> &moved);
    void moveOne(Move &moved);
    void moveMany(std::vector<Move> &moved);
    void moveRun(int from, int count, int to);
    void insert(std::vector<Entry *> &inserted);
    void announce(const std::vector<Change> &changed);
    void relayout(std::vector<Entry *> order);

    bool precedes(const Entry &a, const Entry &b) const;
    int lowerBound(const std::vector<Entry *> &in, const Entry &entry, int first, int last) const;
    int placeOf(const Entry &entry) const;
    QList<int> rolesOf(const RowTouch &touch) const;

    std::unordered_map<const RowData *, std::unique_ptr<Entry>> entries;
    bool executing = false; // signals are under way
    std::deque<std::function<void()>> jobs; // asked for meanwhile
};

} // namespace DurableStreams
