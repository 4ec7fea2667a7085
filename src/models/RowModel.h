// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QAbstractListModel>
#include <QByteArray>
#include <QList>
#include <QString>
#include <QVariant>

#include <memory>

namespace DurableStreams {

class RowModelPrivate;

/*!
 * What Collection and LiveQuery have in common: a list of live rows, a role for each field.
 *
 * Signals are minimal: the fewest ranges of removed, moved, inserted and changed rows, changed roles named; above some
 * hundreds of ranges one layoutChanged. data() agrees with the signals emitted so far, while get(), contains() and
 * keys() of a Collection give the newest state already in the first slot of a commit. GUI thread only.
 */
class DURABLESTREAMS_EXPORT RowModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    /*! Fields follow as roles from FirstFieldRole on, in the schema's order. */
    enum Role {
        KeyRole = Qt::UserRole + 1,
        ValueRole,
        RowStateRole,
        OffsetRole, //!< of the batch that set the row, a string; invalid while only local writes know of it
        TimestampRole, //!< a QDateTime as the event's header says; invalid where it says none
        FirstFieldRole
    };
    Q_ENUM(Role)

    enum class RowState {
        Confirmed, //!< as the stream says
        Pending //!< with a local change that the stream has not confirmed yet
    };
    Q_ENUM(RowState)

    ~RowModel() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    /*! Known before a view asks, and stable for the model's life once fields are set. */
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }
    /*! The role of \a field, or -1. */
    int roleOf(const QByteArray &field) const;

    /*! The key of the row at \a row; empty when out of range. */
    Q_INVOKABLE QString keyAt(int row) const;
    /*! The place of the row \a key in this model; -1 when it does not show it. */
    Q_INVOKABLE int indexOf(const QString &key) const;
    /*! All keys, in the model's order. */
    Q_INVOKABLE QStringList keys() const;

    /*! Rows read and sort keys compared since the model was made, for finding what a query costs. */
    quint64 rowsRead() const;
    quint64 keysCompared() const;

Q_SIGNALS:
    void countChanged();

protected:
    explicit RowModel(std::unique_ptr<RowModelPrivate> d, QObject *parent);

    std::unique_ptr<RowModelPrivate> d_ptr;

private:
    friend class RowModelPrivate;
};

} // namespace DurableStreams
