// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/RowModel>

#include "models/DisplayValue_p.h"
#include "models/RowModel_p.h"

#include "state/JsonObject_p.h"

#include <QDateTime>
#include <QDebug>
#include <QPointer>
#include <QSet>
#include <QVarLengthArray>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

// Above this many ranges one layoutChanged is cheaper for a view than a signal a range.
constexpr int MaxRanges = 256;

// About how many rows can be looked at one after the other in the time that it takes to search for one.
constexpr std::size_t RowsPerSearch = 64;

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

struct Numbered
{
    quint64 number;
    int place;
};

// A stable radix sort, byte by byte from the last one on; bytes that all numbers share take no pass.
void sortByNumbers(std::vector<Numbered> &rows)
{
    constexpr int Bytes = sizeof(quint64);
    const auto byteOf = [](quint64 number, int byte) { return std::size_t(number >> 8 * byte & 0xff); };
    std::array<std::array<std::size_t, 256>, Bytes> counts{};
    for (const Numbered &row : rows) {
        for (int byte = 0; byte < Bytes; ++byte)
            ++counts[std::size_t(byte)][byteOf(row.number, byte)];
    }
    std::vector<Numbered> sorted(rows.size());
    for (int byte = 0; byte < Bytes; ++byte) {
        std::array<std::size_t, 256> &places = counts[std::size_t(byte)];
        if (std::find(places.begin(), places.end(), rows.size()) != places.end())
            continue;
        std::exclusive_scan(places.begin(), places.end(), places.begin(), std::size_t(0));
        for (const Numbered &row : rows)
            sorted[places[byteOf(row.number, byte)]++] = row;
        rows.swap(sorted);
    }
}

QByteArrayView offsetOf(const ShownRow &row)
{
    return row.base() ? QByteArrayView(row.base()->batch().offset) : QByteArrayView();
}

QByteArrayView timestampOf(const ShownRow &row)
{
    return row.base() ? row.base()->timestamp() : QByteArrayView();
}

QVariant valueOf(const Field &field, QByteArrayView text)
{
    if (field.type() != Field::Type::Any)
        return field.toVariant(text);
    return text.isNull() ? field.defaultValue() : jsonVariant(text);
}

QVariant valueOf(const Field &field, QByteArrayView text, int role)
{
    return role == Qt::DisplayRole ? displayValue(valueOf(field, text)) : valueOf(field, text);
}

QVariant timeOf(QByteArrayView timestamp)
{
    const QDateTime time = QDateTime::fromString(QString::fromUtf8(timestamp), Qt::ISODateWithMs);
    return time.isValid() ? time : QVariant();
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
    if (!d_ptr->isRow(index))
        return {};
    const ShownRow &row = d_ptr->shownAt(index.row());
    const int place = d_ptr->fieldOf(role);
    if (place < 0)
        return d_ptr->rowValue(row, role);
    const Field &field = d_ptr->fields.at(place);
    return valueOf(field, jsonFieldText(row.value(), field.name()), role);
}

void RowModel::multiData(const QModelIndex &index, QModelRoleDataSpan roleDataSpan) const
{
    if (!d_ptr->isRow(index) || roleDataSpan.size() == 1)
        return QAbstractListModel::multiData(index, roleDataSpan);
    const ShownRow &row = d_ptr->shownAt(index.row());
    QVarLengthArray<int, 16> places;
    QVarLengthArray<JsonFieldText, 16> texts;
    for (const QModelRoleData &one : roleDataSpan) {
        const int place = d_ptr->fieldOf(one.role());
        if (place < 0 || places.contains(place))
            continue;
        places.append(place);
        texts.append({d_ptr->fields.at(place).name(), {}});
    }
    readJsonFieldTexts(row.value(), {texts.data(), std::size_t(texts.size())});
    for (QModelRoleData &one : roleDataSpan) {
        const int place = d_ptr->fieldOf(one.role());
        one.setData(place < 0 ? d_ptr->rowValue(row, one.role())
                              : valueOf(d_ptr->fields.at(place), texts[places.indexOf(place)].text, one.role()));
    }
}

// Views ask for nothing where they show nothing: that is no reason to warn.
bool RowModelPrivate::isRow(const QModelIndex &index) const
{
    return index.isValid() && q->checkIndex(index, QAbstractItemModel::CheckIndexOption::ParentIsInvalid);
}

RowModel::RowState rowStateOf(const ShownRow &row)
{
    switch (row.state()) {
    case LocalTransaction::State::Pending:
        return RowModel::RowState::Pending;
    case LocalTransaction::State::Saved:
        return RowModel::RowState::Saved;
    case LocalTransaction::State::Sent:
        return RowModel::RowState::Sent;
    case LocalTransaction::State::Unconfirmed:
        return RowModel::RowState::Unconfirmed;
    case LocalTransaction::State::Failed:
        return RowModel::RowState::Failed;
    case LocalTransaction::State::Confirmed:
    case LocalTransaction::State::Discarded:
        break;
    }
    return RowModel::RowState::Confirmed;
}

QVariant RowModelPrivate::rowValue(const ShownRow &row, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        return title(row);
    case RowModel::KeyRole:
        return QString::fromUtf8(row.key());
    case RowModel::ValueRole:
        return row.isLive() ? jsonVariant(row.value()) : QVariant();
    case RowModel::RowStateRole:
        return int(rowStateOf(row));
    case RowModel::OffsetRole:
        return row.base() ? QString::fromUtf8(offsetOf(row)) : QVariant();
    case RowModel::TimestampRole:
        return timeOf(timestampOf(row));
    default:
        return {};
    }
}

int RowModelPrivate::fieldOf(int role) const
{
    if (role == Qt::DisplayRole || role == Qt::EditRole)
        return displayPlace;
    const int place = role - RowModel::FirstFieldRole;
    return place < int(fields.size()) ? std::max(place, -1) : -1;
}

QHash<int, QByteArray> RowModel::roleNames() const
{
    QHash<int, QByteArray> names{
        {Qt::DisplayRole, QByteArrayLiteral("display")}, {KeyRole, QByteArrayLiteral("key")},
        {ValueRole, QByteArrayLiteral("value")},         {RowStateRole, QByteArrayLiteral("rowState")},
        {OffsetRole, QByteArrayLiteral("offset")},       {TimestampRole, QByteArrayLiteral("timestamp")},
    };
    for (int i = 0; i < d_ptr->fields.size(); ++i)
        names.insert(FirstFieldRole + i, d_ptr->fields[i].name());
    return names;
}

int RowModel::roleOf(const QByteArray &field) const
{
    const qsizetype place = d_ptr->names().indexOf(field);
    return place < 0 ? -1 : FirstFieldRole + int(place);
}

QString RowModel::keyAt(int row) const
{
    return row >= 0 && row < count() ? QString::fromUtf8(d_ptr->shownAt(row).key()) : QString();
}

QStringList RowModel::keys() const
{
    QStringList keys;
    keys.reserve(count());
    for (int row = 0; row < count(); ++row)
        keys.append(keyAt(row));
    return keys;
}

int RowModel::indexOf(const QString &key) const
{
    const RowPointer row = d_ptr->find(key.toUtf8());
    return row ? d_ptr->placeOf(*row) : -1;
}

JsonText RowModel::textAt(int row) const
{
    const bool isRow = row >= 0 && row < count();
    return isRow ? d_ptr->list[std::size_t(row)].row->shown.text() : JsonText();
}

std::vector<ShownRow> RowModel::newestRows() const
{
    return d_ptr->newest();
}

quint64 RowModel::rowsRead() const
{
    return d_ptr->rowsRead;
}

quint64 RowModel::keysCompared() const
{
    return d_ptr->keysCompared;
}

void RowModelPrivate::setFields(const QList<Field> &wanted, int itsRevision)
{
    static const QList<QByteArray> taken{"display", "key", "value", "rowState", "offset", "timestamp"};
    QList<Field> next;
    for (const Field &field : wanted) {
        const auto hasItsName = [&field](const Field &other) { return other.name() == field.name(); };
        if (taken.contains(field.name()) || std::any_of(next.begin(), next.end(), hasItsName))
            qWarning().noquote() << u"The field \"%1\" gets no role: another one has that name"_s.arg(
                QString::fromUtf8(field.name()));
        else
            next.append(field);
    }
    run([this, next, itsRevision] {
        const bool isSame =
            std::equal(next.begin(), next.end(), fields.begin(), fields.end(),
                       [](const Field &a, const Field &b) { return a.name() == b.name() && a.type() == b.type(); });
        if (!isSame)
            q->beginResetModel();
        fields = next;
        revision = itsRevision;
        displayPlace = int(names().indexOf(displayField));
        fieldsReplaced();
        if (!isSame)
            q->endResetModel();
    });
}

QString RowModel::displayField() const
{
    return QString::fromUtf8(d_ptr->displayField);
}

void RowModel::setDisplayField(const QString &field)
{
    if (field == displayField())
        return;
    const QPointer<RowModel> guard(this);
    d_ptr->setDisplayField(field.toUtf8());
    if (guard)
        Q_EMIT displayFieldChanged();
}

void RowModelPrivate::setDisplayField(const QByteArray &name)
{
    displayField = name;
    run([this] {
        const int place = int(names().indexOf(displayField));
        if (std::exchange(displayPlace, place) != place && !list.empty())
            Q_EMIT q->dataChanged(q->index(0), q->index(q->count() - 1), {Qt::DisplayRole, Qt::EditRole});
    });
}

QList<QByteArray> RowModelPrivate::names() const
{
    QList<QByteArray> names;
    names.reserve(fields.size());
    for (const Field &field : fields)
        names.append(field.name());
    return names;
}

RowPointer RowModelPrivate::find(const QByteArray &key) const
{
    const Engine::Table *rows = table();
    const RowPointer *row = rows ? rows->find(key) : nullptr;
    return row && (*row)->shown.isLive() ? *row : RowPointer();
}

// While signals are under way, the list is not there yet.
std::vector<ShownRow> RowModelPrivate::newest() const
{
    std::vector<ShownRow> rows;
    if (!isTelling() && !executing) {
        rows.reserve(list.size());
        for (const Entry &entry : list)
            rows.push_back(entry.row->shown);
        return rows;
    }
    std::vector<Entry> entries;
    SortKeys keys(sortWidth());
    RowModelPrivate::forEachRow([&](const RowPointer &row) {
        if (row->shown.isLive() && read(row->shown, &keys))
            entries.push_back({row, row->shown.order()});
    });
    for (const int place : sorted(entries, keys))
        rows.push_back(entries[std::size_t(place)].row->shown);
    return rows;
}

const ShownRow &RowModelPrivate::shownAt(int place) const
{
    const RowPointer &row = list[place].row;
    const bool isLive = row->shown.isLive();
    if (expected && row->touch != 0 && place > told && !(mayBeAhead && isLive)) {
        const ShownRow &before = (*expected)[row->touch - 1].before;
        // Else it did not belong here, and has just been inserted.
        if (before.isLive() && (!isLive || accepts(before)))
            return before;
    }
    const auto before = isLive ? gone.cend() : gone.constFind(row);
    return before == gone.cend() ? row->shown : *before;
}

// The first field that says something to people; else the key.
QVariant RowModelPrivate::title(const ShownRow &row) const
{
    const QString key = QString::fromUtf8(row.key());
    for (const Field &field : fields) {
        const QVariant value = jsonField(row.value(), field.name());
        if (value.typeId() == QMetaType::QString && value.toString() != key)
            return value;
    }
    return key;
}

// ---- Order ----

bool RowModelPrivate::precedes(const Key &a, const Key &b) const
{
    ++keysCompared;
    for (int part = 0; part < sorts.width(); ++part) {
        const int order = a.sort[part].compare(b.sort[part]);
        if (order != 0)
            return sortsDescending(part) ? order > 0 : order < 0;
    }
    return a.order < b.order;
}

int RowModelPrivate::lowerBound(const Key &key, int first, int last) const
{
    while (first < last) {
        const int middle = first + (last - first) / 2;
        if (precedes(keyAt(middle), key))
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

std::vector<int> RowModelPrivate::sorted(const std::vector<Entry> &entries, const SortKeys &keys) const
{
    std::vector<int> places(entries.size());
    std::iota(places.begin(), places.end(), 0);
    const auto isAhead = [&](int a, int b) { return precedes(keyAt(a, entries, keys), keyAt(b, entries, keys)); };
    if (std::is_sorted(places.begin(), places.end(), isAhead))
        return places;
    const std::vector<quint64> heads = keys.heads(keys.width() > 0 && sortsDescending(0));
    std::vector<Numbered> rows(entries.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = {heads.empty() ? entries[i].order : heads[i], int(i)};
    sortByNumbers(rows);
    std::transform(rows.begin(), rows.end(), places.begin(), [](const Numbered &row) { return row.place; });
    // Those with one number want a closer look.
    for (std::size_t first = 0, last = 0; first < rows.size(); first = last) {
        while (last < rows.size() && rows[last].number == rows[first].number)
            ++last;
        const auto begin = places.begin() + std::ptrdiff_t(first);
        const auto end = places.begin() + std::ptrdiff_t(last);
        if (!std::is_sorted(begin, end, isAhead))
            std::sort(begin, end, isAhead);
    }
    return places;
}

void RowModelPrivate::sort(std::vector<Entry> &entries, SortKeys &keys) const
{
    const std::vector<int> order = sorted(entries, keys);
    if (std::is_sorted(order.begin(), order.end()))
        return;
    std::vector<Entry> next;
    next.reserve(entries.size());
    for (const int place : order)
        next.push_back(std::move(entries[std::size_t(place)]));
    entries = std::move(next);
    keys.reorder(order);
}

int RowModelPrivate::placeOf(const RowData &row, const Key &key) const
{
    const int place = lowerBound(key, 0, int(list.size()));
    return place < int(list.size()) && list[place].row.data() == &row ? place : -1;
}

// One by one, as the list is not sorted, or not by what the row is now.
int RowModelPrivate::searchFor(const RowData &row) const
{
    const auto entry =
        std::find_if(list.begin(), list.end(), [&row](const Entry &shown) { return shown.row.data() == &row; });
    return entry == list.end() ? -1 : int(entry - list.begin());
}

int RowModelPrivate::placeOf(const RowData &row, const ShownRow &shown) const
{
    SortKeys key(sortWidth());
    return shown.isLive() && read(shown, &key) ? placeOf(row, Key{key.at(0), shown.order()}) : -1;
}

int RowModelPrivate::placeOf(const RowTouch &touch) const
{
    const int place = placeOf(*touch.row, touch.before);
    return place < 0 && mayBeAhead ? searchFor(*touch.row) : place;
}

int RowModelPrivate::placeOf(const RowData &row) const
{
    return executing || expected || mayBeAhead ? searchFor(row) : placeOf(row, row.shown);
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
    if (!guard)
        return;
    executing = false;
    if (!hasMoreToTell())
        gone.clear();
}

void RowModelPrivate::await(const CollectionTouches &touches)
{
    for (const RowTouch &touch : touches.rows) {
        if (touch.before.isLive() && !touch.row->shown.isLive())
            gone.insert(touch.row, touch.before);
    }
}

void RowModelPrivate::expect(const CollectionTouches &touches)
{
    // What is under way was planned with other rows.
    if (executing)
        return await(touches);
    expected = &touches.rows;
    told = -1;
    if (aheadAt != telling())
        mayBeAhead = false;
}

void RowModelPrivate::reconcile(const CollectionTouches &touches)
{
    if (executing)
        jobs.push_back([this, touches] { tell(touches, Arrival::Queued); });
    else
        run([this, &touches] { tell(touches, Arrival::AtOnce); });
}

void RowModelPrivate::tell(const CollectionTouches &touches, Arrival arrival)
{
    Plan plan = newPlan();
    if (arrival == Arrival::AtOnce && aheadAt != telling())
        mayBeAhead = false;
    // By the places of other fields, any may have changed; so may all of a row that went and came back before it was
    // told that it went.
    const bool isNamed = touches.revision == revision;
    const auto changedFields = [isNamed](const RowTouch &touch) {
        const bool isKnown = touch.before.isLive() && (isNamed || touch.changedFields.isEmpty());
        return isKnown ? touch.changedFields : ChangedFields::all();
    };
    if (arrival == Arrival::AtOnce && touches.rows.size() > list.size() / RowsPerSearch) {
        planMany(plan, touches.rows, changedFields);
    } else {
        for (const RowTouch &touch : touches.rows)
            planTouch(plan, touch, changedFields(touch), placeOf(touch));
    }
    noteAhead(hasMoreToTell() || !jobs.empty());
    const QPointer<RowModel> guard(q);
    execute(plan);
    if (guard)
        expected = nullptr;
}

// Rows as they are now may be told once more by touches that follow.
void RowModelPrivate::noteAhead(bool isAhead)
{
    mayBeAhead = isAhead;
    aheadAt = telling();
}

void RowModelPrivate::reconcileAll(std::function<void()> change)
{
    run([this, change = std::move(change)] {
        if (change)
            change();
        noteAhead(isTelling() || !jobs.empty());
        Plan plan = newPlan();
        QSet<const RowData *> shown;
        shown.reserve(qsizetype(list.size()));
        for (int place = 0; place < int(list.size()); ++place) {
            shown.insert(list[place].row.data());
            planAgain(plan, place);
        }
        if (const Engine::Table *rows = table(); rows && list.empty()) {
            plan.inserted.reserve(std::size_t(rows->size()));
            plan.insertedAt.reserve(std::size_t(rows->size()));
        }
        forEachRow([&](const RowPointer &row) {
            if (!shown.contains(row.data()))
                planInsert(plan, row);
        });
        execute(plan);
    });
}

void RowModelPrivate::forEachRow(const std::function<void(const RowPointer &)> &visit) const
{
    if (const Engine::Table *rows = table())
        rows->forEach(visit);
}

void RowModelPrivate::fill(std::vector<OrderedRow> &&rows)
{
    // Somebody may have looked at all rows already.
    if (executing || !list.empty())
        return reconcileAll();
    run([this, &rows] {
        Plan plan = newPlan();
        plan.inserted.reserve(rows.size());
        for (OrderedRow &ordered : rows)
            plan.inserted.push_back({std::move(ordered.row), ordered.order});
        execute(plan);
    });
}

RowModelPrivate::Plan RowModelPrivate::newPlan() const
{
    Plan plan;
    plan.movedTo = SortKeys(sortWidth());
    plan.insertedAt = SortKeys(sortWidth());
    return plan;
}

bool RowModelPrivate::reads(const ShownRow &row, SortKeys &keys) const
{
    ++rowsRead;
    return read(row, &keys);
}

void RowModelPrivate::planInsert(Plan &plan, const RowPointer &row)
{
    if (row->shown.isLive() && reads(row->shown, plan.insertedAt))
        plan.inserted.push_back({row, row->shown.order()});
}

// Whether the row at \a place, looked at anew, belongs here still.
bool RowModelPrivate::planAgain(Plan &plan, int place)
{
    const Entry &entry = list[std::size_t(place)];
    const ShownRow &now = entry.row->shown;
    SortKeys key(sortWidth());
    if (!now.isLive() || !reads(now, key)) {
        plan.removed.push_back(place);
        return false;
    }
    if (now.order() != entry.order || !sorts.areSame(place, key, 0)) {
        plan.moved.push_back({place, now.order()});
        plan.movedTo.append(std::move(key));
    }
    return true;
}

// One look at each row shown finds the touched ones in their order.
template <typename Fields>
void RowModelPrivate::planMany(Plan &plan, const std::vector<RowTouch> &touches, Fields changedFields)
{
    std::vector<bool> isShown(touches.size());
    for (int place = 0; place < int(list.size()); ++place) {
        const quint32 number = list[std::size_t(place)].row->touch;
        if (number == 0)
            continue;
        const RowTouch &touch = touches[number - 1];
        isShown[number - 1] = true;
        planTouch(plan, touch, changedFields(touch), place);
    }
    for (std::size_t i = 0; i < touches.size(); ++i) {
        if (!isShown[i])
            planInsert(plan, touches[i].row);
    }
}

void RowModelPrivate::planTouch(Plan &plan, const RowTouch &touch, ChangedFields changedFields, int place)
{
    const ShownRow &now = touch.row->shown;
    if (place < 0)
        return planInsert(plan, touch.row);
    const bool mayMove = dependsOn(changedFields) || list[std::size_t(place)].order != now.order();
    const bool stays = now.isLive() && !mayMove;
    if (!stays && !planAgain(plan, place))
        return;
    const Aspects aspects{changedFields, touch.stateChanged, offsetOf(touch.before) != offsetOf(now),
                          timestampOf(touch.before) != timestampOf(now)};
    if (!aspects.isEmpty())
        plan.changed.push_back({aspects, place});
}

QList<int> RowModelPrivate::rolesOf(const Aspects &aspects) const
{
    QList<int> roles;
    if (displayPlace < 0 ? !aspects.fields.isEmpty() : aspects.fields.contains(displayPlace))
        roles << Qt::DisplayRole << Qt::EditRole;
    if (!aspects.fields.isEmpty())
        roles << RowModel::ValueRole;
    if (aspects.pending)
        roles << RowModel::RowStateRole;
    if (aspects.offset)
        roles << RowModel::OffsetRole;
    if (aspects.timestamp)
        roles << RowModel::TimestampRole;
    for (int i = 0; i < fields.size(); ++i) {
        if (aspects.fields.contains(i))
            roles << RowModel::FirstFieldRole + i;
    }
    return roles;
}

void RowModelPrivate::execute(Plan &plan)
{
    const size_t before = list.size();
    const QPointer<RowModel> guard(q);
    // A slot may delete the model.
    remove(plan);
    if (guard)
        move(plan);
    if (guard)
        insert(plan);
    if (guard)
        announce(plan.changed);
    if (guard && list.size() != before)
        Q_EMIT q->countChanged();
}

void RowModelPrivate::changeOrder(std::function<void()> change)
{
    run([this, change = std::move(change)] {
        change();
        noteAhead(mayBeAhead || isTelling() || !jobs.empty());
        sorts = SortKeys(sortWidth());
        sorts.reserve(list.size());
        for (const Entry &entry : list) {
            ++rowsRead;
            addSortKey(entry.row->shown, sorts);
        }
        const std::vector<int> order = sorted(list, sorts);
        if (!std::is_sorted(order.begin(), order.end()))
            relayout(order);
    });
}

void RowModelPrivate::remove(Plan &plan)
{
    std::vector<int> &places = plan.removed;
    if (places.empty())
        return;
    std::sort(places.begin(), places.end());
    const auto placeAfter = [&places](int place) {
        return place - int(std::lower_bound(places.begin(), places.end(), place) - places.begin());
    };
    for (Move &move : plan.moved)
        move.place = placeAfter(move.place);
    for (Change &change : plan.changed)
        change.place = placeAfter(change.place);

    std::vector<Range> ranges = rangesOf(places);
    const QPointer<RowModel> guard(q);
    if (ranges.size() > MaxRanges) {
        std::vector<bool> goes(list.size());
        for (const int place : places)
            goes[place] = true;
        std::vector<int> order(list.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_partition(order.begin(), order.end(), [&goes](int place) { return !goes[place]; });
        relayout(order);
        if (!guard)
            return;
        ranges = {{int(list.size() - places.size()), int(list.size()) - 1}};
    }
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
        q->beginRemoveRows({}, range->first, range->last);
        if (!guard)
            return;
        list.erase(list.begin() + range->first, list.begin() + range->last + 1);
        sorts.remove(range->first, range->last + 1);
        q->endRemoveRows();
        if (!guard)
            return;
    }
}

void RowModelPrivate::move(Plan &plan)
{
    for (std::size_t i = 0; i < plan.moved.size(); ++i) {
        const Move &move = plan.moved[i];
        list[std::size_t(move.place)].order = move.order;
        sorts.set(move.place, plan.movedTo, int(i));
    }
    if (plan.moved.size() == 1)
        moveOne(plan);
    else if (!plan.moved.empty())
        moveMany(plan);
}

void RowModelPrivate::moveOne(Plan &plan)
{
    const int from = plan.moved.front().place;
    const Key key = keyAt(from);
    const int size = int(list.size());
    int to = from; // ahead of the row that is there now
    if (from > 0 && precedes(key, keyAt(from - 1)))
        to = lowerBound(key, 0, from - 1);
    else if (from + 1 < size && precedes(keyAt(from + 1), key))
        to = lowerBound(key, from + 2, size);
    if (to == from)
        return;
    for (Change &change : plan.changed) {
        if (change.place == from)
            change.place = to < from ? to : to - 1;
        else if (to <= change.place && change.place < from)
            ++change.place;
        else if (from < change.place && change.place < to)
            --change.place;
    }
    moveRun(from, 1, to);
}

// The places of now in their new order, when those of \a moved are not sorted yet and all others are.
std::vector<int> RowModelPrivate::orderAfter(const std::vector<Move> &moved) const
{
    const auto precedesAt = [this](int a, int b) { return precedes(keyAt(a), keyAt(b)); };
    std::vector<int> movers;
    std::vector<bool> moves(list.size());
    for (const Move &move : moved) {
        movers.push_back(move.place);
        moves[move.place] = true;
    }
    std::sort(movers.begin(), movers.end(), precedesAt);
    std::vector<int> fixed;
    fixed.reserve(list.size());
    for (int place = 0; place < int(list.size()); ++place) {
        if (!moves[place])
            fixed.push_back(place);
    }
    std::vector<int> order;
    order.reserve(list.size());
    auto copied = fixed.cbegin();
    for (const int mover : movers) {
        const auto place = std::lower_bound(copied, fixed.cend(), mover, precedesAt);
        order.insert(order.end(), copied, place);
        order.push_back(mover);
        copied = place;
    }
    order.insert(order.end(), copied, fixed.cend());
    return order;
}

void RowModelPrivate::moveMany(Plan &plan)
{
    const std::vector<int> order = orderAfter(plan.moved);
    std::vector<int> placeAfter(order.size());
    for (int place = 0; place < int(order.size()); ++place)
        placeAfter[order[place]] = place;
    for (Change &change : plan.changed)
        change.place = placeAfter[change.place];
    // Only the stretch between the first and the last difference takes part.
    int first = 0;
    int last = int(order.size());
    while (first < last && order[first] == first)
        ++first;
    while (last > first && order[last - 1] == last - 1)
        --last;
    if (first == last)
        return;
    const std::vector<int> targets(placeAfter.begin() + first, placeAfter.begin() + last);
    const std::vector<bool> stays = longestRising(targets);
    if (std::count(stays.begin(), stays.end(), false) > MaxRanges) {
        relayout(order);
        return;
    }
    std::vector<Target> stretch;
    for (int i = first; i < last; ++i)
        stretch.push_back({list[order[i]].row.data(), !stays[order[i] - first]});
    moveRuns(stretch, first);
}

// Moves the rows that do not stay, in runs, so that \a stretch stands from \a first on.
void RowModelPrivate::moveRuns(std::vector<Target> &stretch, int first)
{
    const QPointer<RowModel> guard(q);
    const int count = int(stretch.size());
    const auto at = [&](const RowData *row) {
        const auto begin = list.begin() + first;
        return int(std::find_if(begin, begin + count, [row](const Entry &entry) { return entry.row.data() == row; })
                   - list.begin());
    };
    for (int target = 0; target < count && guard; ++target) {
        if (!stretch[target].moves)
            continue;
        const int from = at(stretch[target].row);
        int length = 1;
        while (target + length < count && stretch[target + length].moves && from + length < first + count
               && list[from + length].row.data() == stretch[target + length].row)
            ++length;
        // Its predecessor stands where it should, relative to all that do not move.
        const int to = target == 0 ? first : at(stretch[target - 1].row) + 1;
        for (int i = 0; i < length; ++i)
            stretch[target + i].moves = false;
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
    const int first = std::min(from, to);
    const int middle = to < from ? from : from + count;
    const int last = std::max(from + count, to);
    std::rotate(list.begin() + first, list.begin() + middle, list.begin() + last);
    sorts.rotate(first, middle, last);
    q->endMoveRows();
}

std::vector<RowModelPrivate::Group> RowModelPrivate::groupsOf(const Plan &plan) const
{
    const int size = int(list.size());
    const int count = int(plan.inserted.size());
    if (list.empty() || precedes(keyAt(size - 1), keyAt(0, plan.inserted, plan.insertedAt)))
        return {{size, 0, count}};
    std::vector<Group> groups;
    int from = 0;
    for (int i = 0; i < count; ++i) {
        from = lowerBound(keyAt(i, plan.inserted, plan.insertedAt), from, size);
        if (!groups.empty() && groups.back().place == from)
            ++groups.back().count;
        else
            groups.push_back({from, i, 1});
    }
    return groups;
}

void RowModelPrivate::insert(Plan &plan)
{
    if (plan.inserted.empty())
        return;
    sort(plan.inserted, plan.insertedAt);
    const std::vector<Group> groups = groupsOf(plan);
    for (Change &change : plan.changed) {
        const auto behind = std::upper_bound(groups.begin(), groups.end(), change.place,
                                             [](int place, const Group &group) { return place < group.place; });
        change.place += behind == groups.end() ? int(plan.inserted.size()) : behind->first;
    }

    const QPointer<RowModel> guard(q);
    if (groups.size() > MaxRanges) {
        insertAmong(plan);
        return;
    }
    for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
        q->beginInsertRows({}, group->place, group->place + group->count - 1);
        if (!guard)
            return;
        const auto first = std::make_move_iterator(plan.inserted.begin() + group->first);
        list.insert(list.begin() + group->place, first, first + group->count);
        sorts.insert(group->place, plan.insertedAt, group->first, group->count);
        q->endInsertRows();
        if (!guard)
            return;
    }
}

// In one range at the end, and then to where they belong.
void RowModelPrivate::insertAmong(Plan &plan)
{
    const QPointer<RowModel> guard(q);
    const int size = int(list.size());
    const int count = int(plan.inserted.size());
    q->beginInsertRows({}, size, size + count - 1);
    if (!guard)
        return;
    list.insert(list.end(), std::make_move_iterator(plan.inserted.begin()),
                std::make_move_iterator(plan.inserted.end()));
    sorts.insert(size, plan.insertedAt, 0, count);
    q->endInsertRows();
    if (!guard)
        return;
    std::vector<int> order(list.size());
    std::iota(order.begin(), order.end(), 0);
    std::inplace_merge(order.begin(), order.begin() + size, order.end(),
                       [this](int a, int b) { return precedes(keyAt(a), keyAt(b)); });
    relayout(order);
}

void RowModelPrivate::announce(std::vector<Change> &changed)
{
    const auto isAhead = [](const Change &a, const Change &b) { return a.place < b.place; };
    if (!std::is_sorted(changed.begin(), changed.end(), isAhead))
        std::sort(changed.begin(), changed.end(), isAhead);

    struct Announcement
    {
        Range range;
        Aspects aspects;
    };
    std::vector<Announcement> announcements;
    for (const Change &change : changed) {
        if (!announcements.empty() && announcements.back().range.last + 1 == change.place
            && announcements.back().aspects == change.aspects)
            announcements.back().range.last = change.place;
        else
            announcements.push_back({{change.place, change.place}, change.aspects});
    }
    if (announcements.size() > MaxRanges) {
        Announcement all{{announcements.front().range.first, announcements.back().range.last}, {}};
        for (const Announcement &one : announcements)
            all.aspects.add(one.aspects);
        announcements = {all};
    }
    const QPointer<RowModel> guard(q);
    for (const Announcement &one : announcements) {
        told = one.range.last;
        Q_EMIT q->dataChanged(q->index(one.range.first), q->index(one.range.last), rolesOf(one.aspects));
        if (!guard)
            return;
    }
}

void RowModelPrivate::relayout(const std::vector<int> &order)
{
    const QPointer<RowModel> guard(q);
    Q_EMIT q->layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    if (!guard)
        return;
    std::vector<int> placeAfter(order.size());
    std::vector<Entry> next;
    next.reserve(order.size());
    for (int i = 0; i < int(order.size()); ++i) {
        placeAfter[order[i]] = i;
        next.push_back(std::move(list[order[i]]));
    }
    list = std::move(next);
    sorts.reorder(order);
    const QModelIndexList before = q->persistentIndexList();
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex &index : before)
        after.append(q->index(placeAfter[index.row()], index.column()));
    q->changePersistentIndexList(before, after);
    Q_EMIT q->layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void RowModelPrivate::clear()
{
    expected = nullptr;
    run([this] {
        if (list.empty())
            return;
        const QPointer<RowModel> guard(q);
        q->beginResetModel();
        list.clear();
        sorts.clear();
        q->endResetModel();
        if (guard)
            Q_EMIT q->countChanged();
    });
}

} // namespace DurableStreams
