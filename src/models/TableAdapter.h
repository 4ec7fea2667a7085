// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/RowModel>

#include <QAbstractTableModel>
#include <QStringList>
#include <QVariantMap>

#include <memory>

namespace DurableStreams {

class TableAdapterPrivate;

/*!
 * The rows of a Collection or LiveQuery with their fields as columns: for QTableView, QTreeView and QDataWidgetMapper,
 * and for Qt Quick's TableView and HorizontalHeaderView.
 *
 * A cell gives its field as Qt::DisplayRole (`display`) and Qt::EditRole (`edit`, which can be set), and the row's
 * RowModel::KeyRole (`key`) and RowStateRole (`rowState`). It holds no rows of its own: each signal of the source
 * becomes one here, changed roles become the columns that they touch, and persistent indexes follow. GUI thread only.
 */
class DURABLESTREAMS_EXPORT TableAdapter : public QAbstractTableModel
{
    Q_OBJECT
    Q_PROPERTY(DurableStreams::RowModel *source READ source WRITE setSource NOTIFY sourceChanged FINAL)
    Q_PROPERTY(QStringList columns READ columns WRITE setColumns NOTIFY columnsChanged FINAL)
    Q_PROPERTY(QVariantMap titles READ titles WRITE setTitles NOTIFY titlesChanged FINAL)

public:
    explicit TableAdapter(QObject *parent = nullptr);
    explicit TableAdapter(RowModel *source, const QStringList &columns = {}, QObject *parent = nullptr);
    ~TableAdapter() override;

    /*! Not owned; none is an empty table. */
    RowModel *source() const;
    void setSource(RowModel *source);

    /*!
     * The names of the fields, or of other roles of the source, that make the columns; empty: all fields. One that the
     * source does not have is an empty column.
     */
    QStringList columns() const;
    void setColumns(const QStringList &columns);

    /*! From field to what its header says; other headers say the field's name. */
    QVariantMap titles() const;
    void setTitles(const QVariantMap &titles);

    /*! The column of \a field, or -1. */
    Q_INVOKABLE int columnOf(const QString &field) const;
    QModelIndex mapToSource(const QModelIndex &index) const;
    QModelIndex mapFromSource(const QModelIndex &sourceIndex, int column = 0) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    void multiData(const QModelIndex &index, QModelRoleDataSpan roleDataSpan) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    /*! See RowModel::setData(); \a role is Qt::EditRole. */
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    /*! Orders a source that is a LiveQuery by the field of \a column, or not at all by -1; no other source. */
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    QStringList mimeTypes() const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    Qt::DropActions supportedDragActions() const override;
    Qt::DropActions supportedDropActions() const override;

Q_SIGNALS:
    void sourceChanged();
    void columnsChanged();
    void titlesChanged();

private:
    friend class TableAdapterPrivate;

    std::unique_ptr<TableAdapterPrivate> d;
};

} // namespace DurableStreams
