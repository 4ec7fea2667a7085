// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/QuarantineModel>

#include <algorithm>

namespace DurableStreams {

int QuarantineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_events.size());
}

QVariant QuarantineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const QuarantinedEvent &event = m_events[index.row()];
    switch (role) {
    case OffsetRole:
        return QString::fromUtf8(event.offset);
    case TypeRole:
        return QString::fromUtf8(event.type);
    case KeyRole:
        return QString::fromUtf8(event.key);
    case Qt::DisplayRole:
    case ReasonRole:
        return event.reason;
    case TextRole:
        return QString::fromUtf8(event.text);
    default:
        return {};
    }
}

QHash<int, QByteArray> QuarantineModel::roleNames() const
{
    return {{Qt::DisplayRole, "display"}, {OffsetRole, "offset"}, {TypeRole, "type"}, {KeyRole, "key"},
            {ReasonRole, "reason"},       {TextRole, "text"}};
}

void QuarantineModel::add(const QList<QuarantinedEvent> &events)
{
    const QList<QuarantinedEvent> last = events.sliced(std::max<qsizetype>(0, events.size() - Kept));
    if (last.isEmpty())
        return;
    removeOldest(m_events.size() + last.size() - Kept);
    beginInsertRows({}, count(), count() + int(last.size()) - 1);
    m_events.append(last);
    endInsertRows();
    Q_EMIT countChanged();
}

void QuarantineModel::clear()
{
    if (m_events.isEmpty())
        return;
    removeOldest(m_events.size());
    Q_EMIT countChanged();
}

void QuarantineModel::removeOldest(qsizetype count)
{
    if (count <= 0)
        return;
    beginRemoveRows({}, 0, int(count) - 1);
    m_events.remove(0, count);
    endRemoveRows();
}

} // namespace DurableStreams
