// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/RowModel>

#include "models/RowModel_p.h"

#include <QDebug>
#include <QPointer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

// Above this many ranges one layoutChanged is cheaper for a view than a signal a range.
constexpr int MaxRanges = 256;

struct Range
{
    int first;
    int last;
};

// Ranges of consecutive numbers; \a places is sorted.
std::vector<Range> rangesOf(const std::vector<int> &places)
{
    std::vector<Range> ranges;
    for (const int place : places) {
        if (!ranges.empty() && ranges.back().last + 1 == place)
            ranges.back().last = place;
        else
            ranges.push_back({place, place});
    }
    return ranges;
}

// Marks the members of a longest rising subsequence of \a numbers.
std::vector<bool> longestRising(const std::vector<int> &numbers)
{
    std::vector<int> tails; // indexes: the smallest end of a rising subsequence of each length
    std::vector<int> previous(numbers.size(), -1);
    for (int i = 0; i < int(numbers.size()); ++i) {
        const auto tail = std::lower_bound(tails.begin(), tails.end(), numbers[i],
                                           [&](int index, int number) { return numbers[index] < number; });
        if (tail != tails.begin())
            previous[i] = *std::prev(tail);
        if (tail == tails.end())
            tails.push_back(i);
        else
            *tail = i;
    }
    std::vector<bool> rising(numbers.size(), false);
    for (int i = tails.empty() ? -1 : tails.back(); i >= 0; i = previous[i])
        rising[i] = true;
    return rising;
}

} // namespace

// ---- Reading ----

RowModel::RowModel(std::unique_ptr<RowModelPrivate> d, QObject *parent)
    : QAbstractListModel(parent)
    , d_ptr(std::move(d))
{
    d_ptr->q = this;
}

RowModel::~RowModel() = default;

int RowModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(d_ptr->list.size());
}

QVariant RowModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RowModelPrivate::Entry &entry = *d_ptr->list[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        for (const QByteArray &field : d_ptr->fields) {
            const QVariant value = entry.value.field(field);
            if (value.typeId() == QMetaType::QString && value.toString() != QString::fromUtf8(entry.row->key))
                return value;
        }
        return QString::fromUtf8(entry.row->key);
    case KeyRole:
        return QString::fromUtf8(entry.row->key);
    case ValueRole:
        return entry.value.toVariant();
    case RowStateRole:
        return int(entry.pending ? RowState::Pending : RowState::Confirmed);
    default:
        const int field = role - FirstFieldRole;
        if (field < 0 || field >= d_ptr->fields.size())
            return {};
        return entry.value.field(d_ptr->fields[field]);
    }
}

QHash<int, QByteArray> RowModel::roleNames() const
{
    QHash<int, QByteArray> names{
        {Qt::DisplayRole, QByteArrayLiteral("display")},
        {KeyRole, QByteArrayLiteral("key")},
        {ValueRole, QByteArrayLiteral("value")},
        {RowStateRole, QByteArrayLiteral("rowState")},
    };
    for (int i = 0; i < d_ptr->fields.size(); ++i)
        names.insert(FirstFieldRole + i, d_ptr->fields[i]);
    return names;
}

int RowModel::roleOf(const QByteArray &field) const
{
    const qsizetype place = d_ptr->fields.indexOf(field);
    return place < 0 ? -1 : FirstFieldRole + int(place);
}

QString RowModel::keyAt(int row) const
{
    return row >= 0 && row < count() ? QString::fromUtf8(d_ptr->list[row]->row->key) : QString();
}

QStringList RowModel::keys() const
{
    QStringList keys;
    keys.reserve(count());
    for (const RowModelPrivate::Entry *entry : d_ptr->list)
        keys.append(QString::fromUtf8(entry->row->key));
    return keys;
}

int RowModel::indexOf(const QString &key) const
{
    const RowPointer row = d_ptr->find(key.toUtf8());
    return row ? d_ptr->rowOf(row.data()) : -1;
}

quint64 RowModel::rowsRead() const
{
    return d_ptr->rowsRead;
}

quint64 RowModel::keysCompared() const
{
    return d_ptr->keysCompared;
}

void RowModelPrivate::setFields(const QList<QByteArray> &names)
{
    static const QList<QByteArray> taken{"display", "key", "value", "rowState"};
    QList<QByteArray> next;
    for (const QByteArray &name : names) {
        if (taken.contains(name) || next.contains(name))
            qWarning().noquote() << u"The field \"%1\" gets no role: another one has that name"_s.arg(
                QString::fromUtf8(name));
        else
            next.append(name);
    }
    run([this, next] {
        if (next == fields)
            return;
        q->beginResetModel();
        fields = next;
        q->endResetModel();
    });
}

RowPointer RowModelPrivate::find(const QByteArray &key) const
{
    const Engine::Table *rows = table();
    const RowPointer row = rows ? rows->value(key) : RowPointer();
    return row && row->live ? row : RowPointer();
}

// ---- Order ----

bool RowModelPrivate::precedes(const Entry &a, const Entry &b) const
{
    ++keysCompared;
    for (size_t part = 0; part < a.sort.size(); ++part) {
        const int order = a.sort[part].compare(b.sort[part]);
        if (order != 0)
            return sortsDescending(int(part)) ? order > 0 : order < 0;
    }
    return a.order < b.order;
}

int RowModelPrivate::lowerBound(const std::vector<Entry *> &in, const Entry &entry, int first, int last) const
{
    const auto place = std::lower_bound(in.begin() + first, in.begin() + last, &entry,
                                        [this](const Entry *a, const Entry *b) { return precedes(*a, *b); });
    return int(place - in.begin());
}

int RowModelPrivate::placeOf(const Entry &entry) const
{
    const int place = lowerBound(list, entry, 0, int(list.size()));
    if (place < int(list.size()) && list[place] == &entry)
        return place;
    // Between the signals of one change the list may not be sorted, or not hold the row yet.
    const auto shown = std::find(list.begin(), list.end(), &entry);
    return shown == list.end() ? -1 : int(shown - list.begin());
}

int RowModelPrivate::rowOf(const RowData *row) const
{
    const auto entry = entries.find(row);
    return entry == entries.end() ? -1 : placeOf(*entry->second);
}

// ---- From touched rows to signals ----

void RowModelPrivate::run(std::function<void()> job)
{
    jobs.push_back(std::move(job));
    if (executing)
        return;
    executing = true;
    const QPointer<RowModel> guard(q);
    while (guard && !jobs.empty()) {
        const std::function<void()> next = std::move(jobs.front());
        jobs.pop_front();
        next();
    }
    if (guard)
        executing = false;
}

void RowModelPrivate::reconcile(std::vector<RowTouch> touches)
{
    run([this, touches = std::move(touches)] {
        Plan plan;
        for (const RowTouch &touch : touches)
            planTouch(plan, touch, false);
        execute(plan);
    });
}

void RowModelPrivate::reconcileAll()
{
    run([this] {
        const Engine::Table *rows = table();
        if (!rows)
            return;
        Plan plan;
        for (const RowPointer &row : *rows)
            planTouch(plan, {row, {}, false}, true);
        execute(plan);
    });
}

void RowModelPrivate::planTouch(Plan &plan, const RowTouch &touch, bool readAnew)
{
    const RowData &row = *touch.row;
    const auto found = entries.find(&row);
    Entry *shown = found == entries.end() ? nullptr : found->second.get();
    const bool mayMove = readAnew || dependsOn(touch.changedFields) || (shown && shown->order != row.order);

    bool wanted = row.live;
    if (wanted && (!shown || mayMove)) {
        ++rowsRead;
        wanted = accepts(row);
    }
    if (!wanted) {
        if (shown)
            plan.removed.push_back(shown);
        return;
    }
    if (!shown) {
        auto entry = std::make_unique<Entry>(Entry{touch.row, row.value, sortKey(row), row.order, row.pending});
        plan.inserted.push_back(entry.get());
        entries.emplace(&row, std::move(entry));
        return;
    }
    if (mayMove) {
        SortKey sort = sortKey(row);
        if (sort != shown->sort || row.order != shown->order)
            plan.moved.push_back({shown, std::move(sort), row.order});
    }
    QList<int> roles = rolesOf(touch);
    if (!roles.isEmpty())
        plan.changed.push_back({shown, std::move(roles)});
}

QList<int> RowModelPrivate::rolesOf(const RowTouch &touch) const
{
    QList<int> roles;
    if (touch.pendingChanged)
        roles.append(RowModel::RowStateRole);
    if (touch.changedFields.isEmpty())
        return roles;
    roles.append(RowModel::ValueRole);
    roles.append(Qt::DisplayRole);
    const bool all = touch.changedFields.contains(QByteArray());
    for (int i = 0; i < fields.size(); ++i) {
        if (all || touch.changedFields.contains(fields[i]))
            roles.append(RowModel::FirstFieldRole + i);
    }
    std::sort(roles.begin(), roles.end());
    return roles;
}

void RowModelPrivate::execute(Plan &plan)
{
    const size_t before = list.size();
    const QPointer<RowModel> guard(q);
    // A slot may delete the model.
    remove(plan.removed);
    if (guard)
        move(plan.moved);
    if (guard)
        insert(plan.inserted);
    if (guard)
        announce(plan.changed);
    if (guard && list.size() != before)
        Q_EMIT q->countChanged();
}

void RowModelPrivate::changeOrder(std::function<void()> change)
{
    run([this, change = std::move(change)] {
        change();
        for (Entry *entry : list) {
            ++rowsRead;
            entry->sort = sortKey(*entry->row);
        }
        std::vector<Entry *> order = list;
        std::sort(order.begin(), order.end(), [this](const Entry *a, const Entry *b) { return precedes(*a, *b); });
        if (order != list)
            relayout(std::move(order));
    });
}

void RowModelPrivate::remove(const std::vector<Entry *> &removed)
{
    if (removed.empty())
        return;
    std::vector<int> places;
    places.reserve(removed.size());
    for (const Entry *entry : removed)
        places.push_back(placeOf(*entry));
    std::sort(places.begin(), places.end());
    std::vector<Range> ranges = rangesOf(places);

    const QPointer<RowModel> guard(q);
    if (ranges.size() > MaxRanges) {
        std::vector<Entry *> order = list;
        for (const int place : places)
            order[place]->isMoving = true;
        std::stable_partition(order.begin(), order.end(), [](const Entry *entry) { return !entry->isMoving; });
        relayout(std::move(order));
        if (!guard)
            return;
        ranges = {{int(list.size() - places.size()), int(list.size()) - 1}};
    }
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
        q->beginRemoveRows({}, range->first, range->last);
        if (!guard)
            return;
        const auto first = list.begin() + range->first;
        const auto last = list.begin() + range->last + 1;
        const std::vector<Entry *> gone(first, last);
        list.erase(first, last);
        q->endRemoveRows();
        if (!guard)
            return;
        for (const Entry *entry : gone)
            entries.erase(entry->row.data());
    }
}

void RowModelPrivate::move(std::vector<Move> &moved)
{
    if (moved.size() == 1)
        moveOne(moved.front());
    else if (!moved.empty())
        moveMany(moved);
}

void RowModelPrivate::moveOne(Move &moved)
{
    Entry &entry = *moved.entry;
    const int from = placeOf(entry);
    entry.sort = std::move(moved.sort);
    entry.order = moved.order;
    const int size = int(list.size());
    if (from > 0 && precedes(entry, *list[from - 1]))
        moveRun(from, 1, lowerBound(list, entry, 0, from - 1));
    else if (from + 1 < size && precedes(*list[from + 1], entry))
        moveRun(from, 1, lowerBound(list, entry, from + 2, size));
}

void RowModelPrivate::moveMany(std::vector<Move> &moved)
{
    std::vector<Entry *> movedEntries;
    for (const Move &move : moved) {
        move.entry->isMoving = true;
        movedEntries.push_back(move.entry);
    }
    std::vector<Entry *> fixed;
    fixed.reserve(list.size());
    std::copy_if(list.begin(), list.end(), std::back_inserter(fixed),
                 [](const Entry *entry) { return !entry->isMoving; });
    for (Move &move : moved) {
        move.entry->sort = std::move(move.sort);
        move.entry->order = move.order;
        move.entry->isMoving = false;
    }
    const auto ahead = [this](const Entry *a, const Entry *b) { return precedes(*a, *b); };
    std::sort(movedEntries.begin(), movedEntries.end(), ahead);

    std::vector<Entry *> order;
    order.reserve(list.size());
    int copied = 0;
    for (Entry *entry : movedEntries) {
        const int place = lowerBound(fixed, *entry, copied, int(fixed.size()));
        order.insert(order.end(), fixed.begin() + copied, fixed.begin() + place);
        order.push_back(entry);
        copied = place;
    }
    order.insert(order.end(), fixed.begin() + copied, fixed.end());

    // Only the stretch between the first and the last difference takes part.
    int first = 0;
    int last = int(order.size());
    while (first < last && list[first] == order[first])
        ++first;
    while (last > first && list[last - 1] == order[last - 1])
        --last;
    if (first == last)
        return;
    for (int i = first; i < last; ++i)
        order[i]->place = i;
    std::vector<int> targets;
    for (int i = first; i < last; ++i)
        targets.push_back(list[i]->place);
    const std::vector<bool> stays = longestRising(targets);
    for (int i = first; i < last; ++i)
        list[i]->isMoving = !stays[i - first];
    const auto movers = std::count(stays.begin(), stays.end(), false);
    if (movers > MaxRanges) {
        relayout(std::move(order));
        return;
    }

    const QPointer<RowModel> guard(q);
    for (int target = first; target < last && guard; ++target) {
        if (!order[target]->isMoving)
            continue;
        // Its predecessor stands where it should, relative to all that do not move.
        const auto at = [&](const Entry *entry) {
            return int(std::find(list.begin(), list.end(), entry) - list.begin());
        };
        const int from = at(order[target]);
        int length = 1;
        while (target + length < last && order[target + length]->isMoving && from + length < int(list.size())
               && list[from + length] == order[target + length])
            ++length;
        const int to = target == 0 ? 0 : at(order[target - 1]) + 1;
        for (int i = 0; i < length; ++i)
            order[target + i]->isMoving = false;
        if (to < from || to > from + length)
            moveRun(from, length, to);
        target += length - 1;
    }
}

// Moves \a count rows from \a from to ahead of the row that is at \a to now.
void RowModelPrivate::moveRun(int from, int count, int to)
{
    const QPointer<RowModel> guard(q);
    q->beginMoveRows({}, from, from + count - 1, {}, to);
    if (!guard)
        return;
    const auto begin = list.begin();
    if (to < from)
        std::rotate(begin + to, begin + from, begin + from + count);
    else
        std::rotate(begin + from, begin + from + count, begin + to);
    q->endMoveRows();
}

void RowModelPrivate::insert(std::vector<Entry *> &inserted)
{
    if (inserted.empty())
        return;
    std::sort(inserted.begin(), inserted.end(), [this](const Entry *a, const Entry *b) { return precedes(*a, *b); });
    struct Group
    {
        int place;
        int first;
        int count;
    };
    std::vector<Group> groups;
    int from = 0;
    for (int i = 0; i < int(inserted.size()); ++i) {
        const int place = list.empty() ? 0 : lowerBound(list, *inserted[i], from, int(list.size()));
        from = place;
        if (!groups.empty() && groups.back().place == place)
            ++groups.back().count;
        else
            groups.push_back({place, i, 1});
    }

    const QPointer<RowModel> guard(q);
    if (groups.size() > MaxRanges) {
        const int size = int(list.size());
        q->beginInsertRows({}, size, size + int(inserted.size()) - 1);
        if (!guard)
            return;
        list.insert(list.end(), inserted.begin(), inserted.end());
        q->endInsertRows();
        if (!guard)
            return;
        std::vector<Entry *> order = list;
        std::inplace_merge(order.begin(), order.begin() + size, order.end(),
                           [this](const Entry *a, const Entry *b) { return precedes(*a, *b); });
        relayout(std::move(order));
        return;
    }
    for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
        q->beginInsertRows({}, group->place, group->place + group->count - 1);
        if (!guard)
            return;
        const auto first = inserted.begin() + group->first;
        list.insert(list.begin() + group->place, first, first + group->count);
        q->endInsertRows();
        if (!guard)
            return;
    }
}

void RowModelPrivate::announce(const std::vector<Change> &changed)
{
    struct Announcement
    {
        Range range;
        QList<int> roles;
    };
    std::vector<std::pair<int, const QList<int> *>> places;
    places.reserve(changed.size());
    for (const Change &change : changed)
        places.emplace_back(placeOf(*change.entry), &change.roles);
    std::sort(places.begin(), places.end());

    std::vector<Announcement> announcements;
    for (const auto &[place, roles] : places) {
        if (!announcements.empty() && announcements.back().range.last + 1 == place
            && announcements.back().roles == *roles)
            announcements.back().range.last = place;
        else
            announcements.push_back({{place, place}, *roles});
    }
    if (announcements.size() > MaxRanges) {
        Announcement all{{announcements.front().range.first, announcements.back().range.last}, {}};
        for (const Announcement &one : announcements) {
            for (const int role : one.roles) {
                if (!all.roles.contains(role))
                    all.roles.append(role);
            }
        }
        announcements = {all};
    }
    const QPointer<RowModel> guard(q);
    for (const Announcement &one : announcements) {
        for (int place = one.range.first; place <= one.range.last; ++place) {
            Entry &entry = *list[place];
            entry.value = entry.row->value;
            entry.pending = entry.row->pending;
        }
        Q_EMIT q->dataChanged(q->index(one.range.first), q->index(one.range.last), one.roles);
        if (!guard)
            return;
    }
}

void RowModelPrivate::relayout(std::vector<Entry *> order)
{
    const QPointer<RowModel> guard(q);
    Q_EMIT q->layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    if (!guard)
        return;
    for (int i = 0; i < int(order.size()); ++i) {
        order[i]->place = i;
        order[i]->isMoving = false;
    }
    const QModelIndexList before = q->persistentIndexList();
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex &index : before)
        after.append(q->index(list[index.row()]->place, index.column()));
    list = std::move(order);
    q->changePersistentIndexList(before, after);
    Q_EMIT q->layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void RowModelPrivate::clear()
{
    run([this] {
        if (list.empty())
            return;
        const QPointer<RowModel> guard(q);
        q->beginResetModel();
        list.clear();
        entries.clear();
        q->endResetModel();
        if (guard)
            Q_EMIT q->countChanged();
    });
}

} // namespace DurableStreams
