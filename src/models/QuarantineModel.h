// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/QuarantinedEvent>

#include <QAbstractListModel>
#include <QList>

namespace DurableStreams {

/*!
 * The last events of a stream that were set aside, the newest last: at most 100, each with its first 4 KiB.
 *
 * Made by StreamDb. GUI thread only.
 */
class DURABLESTREAMS_EXPORT QuarantineModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    static constexpr int Kept = 100;

    enum Role {
        OffsetRole = Qt::UserRole + 1, //!< of the batch that held it
        TypeRole, //!< as far as it could be read
        KeyRole, //!< as far as it could be read
        ReasonRole, //!< names what is wrong; Qt::DisplayRole too
        TextRole //!< the event as it came
    };
    Q_ENUM(Role)

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }
    const QList<QuarantinedEvent> &events() const { return m_events; }

    /*! Adds \a events behind the others; the oldest go where there are too many. */
    void add(const QList<QuarantinedEvent> &events);
    /*! Removes all that is shown: somebody has looked at it. */
    Q_INVOKABLE void clear();

Q_SIGNALS:
    void countChanged();

private:
    void removeOldest(qsizetype count);

    QList<QuarantinedEvent> m_events;
};

} // namespace DurableStreams
