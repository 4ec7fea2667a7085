// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>
#include <DurableStreams/Export>
#include <DurableStreams/RowModel>

#include <QObject>
#include <QVariantMap>

#include <memory>

namespace DurableStreams {

class LiveRowPrivate;

/*!
 * One live row of a Collection: what a dialog shows and edits.
 *
 * `values` follows the stream. `draft` follows it too, but for the fields that were edited, which stay as typed until
 * commit() or discard(). GUI thread only.
 */
class DURABLESTREAMS_EXPORT LiveRow : public QObject
{
    Q_OBJECT
    Q_PROPERTY(
        DurableStreams::Collection *collection READ collection WRITE setCollection NOTIFY collectionChanged FINAL)
    Q_PROPERTY(QString key READ key WRITE setKey NOTIFY keyChanged FINAL)
    Q_PROPERTY(bool exists READ exists NOTIFY existsChanged FINAL)
    Q_PROPERTY(bool removed READ isRemoved NOTIFY existsChanged FINAL)
    Q_PROPERTY(QVariantMap values READ values NOTIFY valuesChanged FINAL)
    Q_PROPERTY(QVariantMap draft READ draft NOTIFY draftChanged FINAL)
    Q_PROPERTY(bool isDirty READ isDirty NOTIFY draftChanged FINAL)
    Q_PROPERTY(DurableStreams::RowModel::RowState rowState READ rowState NOTIFY rowStateChanged FINAL)

public:
    explicit LiveRow(QObject *parent = nullptr);
    ~LiveRow() override;

    Collection *collection() const;
    void setCollection(Collection *collection);

    QString key() const;
    void setKey(const QString &key);

    bool exists() const;
    bool isRemoved() const; //!< it existed since the key was set, and does no more
    /*!
     * The fields of the row, each as its role gives it; those without a role as JsonText::toVariant() does. The last
     * ones once it is removed.
     */
    QVariantMap values() const;
    QVariantMap draft() const; //!< values with the edited fields over them, as they were given to edit()
    bool isDirty() const; //!< whether a field is edited
    RowModel::RowState rowState() const;

    /*! Holds \a value in the draft's \a field. */
    Q_INVOKABLE void edit(const QString &field, const QVariant &value);
    /*! Lets \a field follow the stream again. */
    Q_INVOKABLE void discardField(const QString &field);
    /*!
     * Writes the edited fields that differ from the row; null when there are none, or no row. The draft follows the row
     * again after it; a refused write puts the edits back into it.
     */
    Q_INVOKABLE DurableStreams::Transaction *commit();
    /*! Drops all edits. */
    Q_INVOKABLE void discard();

Q_SIGNALS:
    void collectionChanged();
    void keyChanged();
    void existsChanged();
    void valuesChanged();
    void draftChanged();
    void rowStateChanged();

private:
    friend class LiveRowPrivate;
    std::unique_ptr<LiveRowPrivate> d;
};

} // namespace DurableStreams
