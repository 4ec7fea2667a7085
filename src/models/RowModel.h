// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/GadgetRows>
#include <DurableStreams/JsonText>

#include <QAbstractListModel>
#include <QByteArray>
#include <QList>
#include <QString>
#include <QVariant>

#include <memory>
#include <optional>
#include <vector>

namespace DurableStreams {

class RowModelPrivate;

/*!
 * What Collection and LiveQuery have in common: a list of live rows, a role for each field.
 *
 * Signals are minimal: the fewest ranges of removed, moved, inserted and changed rows, changed roles named; above some
 * hundreds of ranges one layoutChanged. data() agrees with the signals emitted so far, while get(), contains() and
 * keys() of a Collection, at() and rows() give the newest state already in the first slot of a commit.
 *
 * Views edit rows by setData(), and drag them as `application/json` (an array with a `type`, `key` and `value` for each
 * row) and `text/plain` (their titles). GUI thread only.
 */
class DURABLESTREAMS_EXPORT RowModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(QString displayField READ displayField WRITE setDisplayField NOTIFY displayFieldChanged FINAL)

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
        Pending, //!< with a local change that is shown, and nowhere else yet
        Saved, //!< with one that is on disk
        Sent, //!< with one that is under way to the stream, or there but not read back yet
        Unconfirmed, //!< with one that the stream took and did not give back for too long
        Failed //!< a local change of it failed and was taken back; it is in StreamDb::transactions
    };
    Q_ENUM(RowState)

    ~RowModel() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    /*! The same for several roles, with one walk over the row for all fields. */
    void multiData(const QModelIndex &index, QModelRoleDataSpan roleDataSpan) const override;
    /*! Editable where the field \c displayField is; every row can be dragged. */
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    /*!
     * Writes one field of a row as one transaction; \a role is that of the field, or Qt::EditRole for \c displayField.
     *
     * A text is read as the number or bool that the field takes, an empty one as null where the field has no empty
     * text. True where the row says so now: a value that it has already writes nothing. False where nothing was
     * written, which StreamDb::transactionFailed() explains when the value does not fit. See isWritable().
     */
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    QStringList mimeTypes() const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    Qt::DropActions supportedDragActions() const override;
    Qt::DropActions supportedDropActions() const override;
    /*! Known before a view asks, and stable for the model's life once fields are set. */
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }
    /*!
     * The field that Qt::DisplayRole and Qt::EditRole give; views edit that one. Empty, or no field of the rows: the
     * first field with a text that is not the key, else the key, which views cannot edit.
     */
    QString displayField() const;
    void setDisplayField(const QString &field);
    /*! The role of \a field, or -1. */
    int roleOf(const QByteArray &field) const;
    /*! Whether setData() takes \a role: of a field, not the primary key, and there is a StreamDb to write to. */
    bool isWritable(int role) const;

    /*! The key of the row at \a row; empty when out of range. */
    Q_INVOKABLE QString keyAt(int row) const;
    /*! The place of the row \a key in this model; -1 when it does not show it. */
    Q_INVOKABLE int indexOf(const QString &key) const;
    /*! All keys, in the model's order. */
    Q_INVOKABLE QStringList keys() const;

    /*! The newest value of the row at \a row; null when it is out of range, or gone in the newest state. */
    JsonText textAt(int row) const;
    /*! The same as a gadget; nothing when there is none. */
    template <typename Gadget>
    std::optional<Gadget> at(int row) const
    {
        const JsonText value = textAt(row);
        return value.isNull() ? std::nullopt : std::optional<Gadget>(GadgetRows<Gadget>::read(value));
    }
    /*! All rows of the newest state, in the model's order, as gadgets; what is written meanwhile changes none. */
    template <typename Gadget>
    GadgetRows<Gadget> rows() const
    {
        return GadgetRows<Gadget>(newestRows());
    }

    /*! Rows read and sort keys compared since the model was made, for finding what a query costs. */
    quint64 rowsRead() const;
    quint64 keysCompared() const;

Q_SIGNALS:
    void countChanged();
    void displayFieldChanged();

protected:
    explicit RowModel(std::unique_ptr<RowModelPrivate> d, QObject *parent);

    std::unique_ptr<RowModelPrivate> d_ptr;

private:
    std::vector<ShownRow> newestRows() const;

    friend class RowModelPrivate;
};

} // namespace DurableStreams
