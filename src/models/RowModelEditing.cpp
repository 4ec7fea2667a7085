// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>
#include <DurableStreams/RowModel>

#include "models/JsonValue_p.h"
#include "models/RowModel_p.h"
#include "state/JsonObject_p.h"

#include <QMimeData>

#include <algorithm>

using namespace Qt::StringLiterals;

// What RowModel lets views do with rows: edit and drag them.
namespace DurableStreams {

namespace {

bool isNumberOrBool(QByteArrayView json)
{
    return !json.isEmpty() && json != "null" && json.front() != '"' && json.front() != '{' && json.front() != '[';
}

// Whether a field that now says \a present holds numbers or bools.
bool takesNumberOrBool(const Field &field, QByteArrayView present)
{
    switch (field.type()) {
    case Field::Type::Any:
        return isNumberOrBool(present);
    case Field::Type::Bool:
    case Field::Type::Integer:
    case Field::Type::Unsigned:
    case Field::Type::Double:
        return true;
    default:
        return false;
    }
}

bool hasEmptyText(Field::Type type)
{
    return type == Field::Type::Any || type == Field::Type::String || type == Field::Type::Url
        || type == Field::Type::Bytes || type == Field::Type::Custom;
}

// What an editor that knows nothing but text means by \a value.
QVariant meant(const Field &field, QByteArrayView present, const QVariant &value)
{
    if (value.typeId() != QMetaType::QString)
        return value;
    const QByteArray text = value.toString().trimmed().toUtf8();
    if (text.isEmpty() && field.isOptional() && !hasEmptyText(field.type()))
        return QVariant::fromValue(nullptr);
    if (!takesNumberOrBool(field, present))
        return value;
    const std::optional<JsonText> json = JsonText::fromJson(text);
    return json && isNumberOrBool(json->view()) ? QVariant::fromValue(*json) : value;
}

// Whether \a value is what the field says already, perhaps in other words.
bool isSame(const Field &field, QByteArrayView present, const QVariant &value)
{
    const std::optional<JsonText> json = field.toJson(plainValue(value));
    return json && (json->view() == present || field.toVariant(json->view()) == field.toVariant(present));
}

JsonText stringText(const QString &string)
{
    return JsonText::fromVariant(string);
}

} // namespace

bool RowModel::isWritable(int role) const
{
    const Collection *const collection = d_ptr->collection();
    const int place = d_ptr->fieldOf(role);
    return place >= 0 && role != Qt::DisplayRole && collection && collection->streamDb()
        && QString::fromUtf8(d_ptr->fields.at(place).name()) != collection->primaryKey();
}

Qt::ItemFlags RowModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    if (!index.isValid())
        return flags;
    return flags | Qt::ItemIsDragEnabled | (isWritable(Qt::EditRole) ? Qt::ItemIsEditable : Qt::NoItemFlags);
}

bool RowModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!d_ptr->isRow(index) || !isWritable(role))
        return false;
    const RowPointer row = d_ptr->find(d_ptr->shownAt(index.row()).key().toByteArray());
    if (!row)
        return false;
    const Field field = d_ptr->fields.at(d_ptr->fieldOf(role));
    const QByteArrayView present = jsonFieldText(row->shown.value(), field.name());
    const QVariant next = meant(field, present, value);
    if (isSame(field, present, next))
        return true;
    const Transaction *const write =
        d_ptr->collection()->update(QString::fromUtf8(row->key()), {{QString::fromUtf8(field.name()), next}});
    return write && write->state() != Transaction::State::Failed;
}

QStringList RowModel::mimeTypes() const
{
    return {u"application/json"_s, u"text/plain"_s};
}

QMimeData *RowModel::mimeData(const QModelIndexList &indexes) const
{
    QList<int> places;
    for (const QModelIndex &index : indexes) {
        if (d_ptr->isRow(index))
            places.append(index.row());
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    if (places.isEmpty() || !d_ptr->collection())
        return nullptr;

    const JsonText type = stringText(d_ptr->collection()->type());
    QByteArrayList rows;
    QStringList titles;
    for (const int place : std::as_const(places)) {
        const ShownRow &row = d_ptr->shownAt(place);
        const JsonText key = stringText(QString::fromUtf8(row.key()));
        rows.append(JsonText::fromFields({{"type", type}, {"key", key}, {"value", row.text()}}).toByteArray());
        titles.append(data(index(place)).toString());
    }
    auto *const mime = new QMimeData;
    mime->setData(u"application/json"_s, '[' + rows.join(',') + ']');
    mime->setText(titles.join(u'\n'));
    return mime;
}

Qt::DropActions RowModel::supportedDragActions() const
{
    return Qt::CopyAction;
}

Qt::DropActions RowModel::supportedDropActions() const
{
    return Qt::IgnoreAction;
}

} // namespace DurableStreams
