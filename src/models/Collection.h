// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Conflict>
#include <DurableStreams/Export>
#include <DurableStreams/JsonText>
#include <DurableStreams/RowModel>
#include <DurableStreams/Schema>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QString>
#include <QStringList>
#include <QVariantMap>

#include <functional>
#include <optional>

namespace DurableStreams {

class CollectionPrivate;

/*!
 * All live rows of one event type, as an item model: a role for each declared field, and `key`, `value`, `rowState`.
 *
 * Rows stand in the order of the inserts that made them live, local ones not yet confirmed last. Writes show at once;
 * each returns the Transaction that tells how it ended. GUI thread only.
 */
class DURABLESTREAMS_EXPORT Collection : public DurableStreams::RowModel
{
    Q_OBJECT
    Q_PROPERTY(DurableStreams::StreamDb *streamDb READ streamDb WRITE setStreamDb NOTIFY streamDbChanged FINAL)
    Q_PROPERTY(QString type READ type WRITE setType NOTIFY schemaChanged FINAL)
    Q_PROPERTY(QString primaryKey READ primaryKey WRITE setPrimaryKey NOTIFY schemaChanged FINAL)
    Q_PROPERTY(QVariant fields READ fields WRITE setFields NOTIFY schemaChanged FINAL)
    Q_PROPERTY(
        ConflictPolicy conflictPolicy READ conflictPolicy WRITE setConflictPolicy NOTIFY conflictPolicyChanged FINAL)
    Q_PROPERTY(bool volatileWrites READ volatileWrites WRITE setVolatileWrites NOTIFY volatileWritesChanged FINAL)
    Q_PROPERTY(bool loaded READ isLoaded NOTIFY loadedChanged FINAL)

public:
    /*! As DurableStreams::ConflictPolicy. */
    enum class ConflictPolicy {
        Mine, //!< the last writer wins, as in the protocol; it is only told
        Theirs, //!< their fields win
        Merge //!< their fields that the update did not set are written again; of the others ours win
    };
    Q_ENUM(ConflictPolicy)

    explicit Collection(QObject *parent = nullptr);
    Collection(const Schema &schema, StreamDb *streamDb);
    ~Collection() override;

    StreamDb *streamDb() const;
    /*! Shows the rows of \a streamDb from now on. The type must be set before; one collection a type and StreamDb. */
    void setStreamDb(StreamDb *streamDb);

    QString type() const;
    void setType(const QString &type);
    /*! The field that holds the event's key; empty when keys are given apart from values. */
    QString primaryKey() const;
    void setPrimaryKey(const QString &primaryKey);
    /*!
     * The fields that become roles, as they were given; see Schema::fromVariant(). Names alone take any value; with
     * types, events and writes that do not fit are refused. What is not understood is told by
     * StreamDb::errorOccurred(), and changes nothing.
     */
    QVariant fields() const;
    void setFields(const QVariant &fields);
    Schema schema() const;

    /*! Whether local writes get one try and are dropped without a connection (presence, cursors). */
    /*!
     * What becomes of a local update that meets a change by somebody else; the last writer wins by default. See
     * StreamDb::conflict().
     */
    ConflictPolicy conflictPolicy() const;
    void setConflictPolicy(ConflictPolicy policy);
    /*!
     * Decides in the place of the policy: gives the fields of Conflict::fields as they shall be; those left out stay as
     * they made them. Called in the GUI thread, within a commit: it must return at once and write nothing.
     */
    void setConflictResolver(const ConflictResolver &resolver);

    bool volatileWrites() const;
    void setVolatileWrites(bool isVolatile);

    /*! Whether there are rows to show: the stream was up to date once. */
    bool isLoaded() const;

    /*! The value of the row \a key in the newest state; undefined in QML, invalid in C++, when there is none. */
    Q_INVOKABLE QVariant get(const QString &key) const;
    Q_INVOKABLE bool contains(const QString &key) const;
    JsonText text(const QString &key) const;
    /*! The row \a key as a gadget; nothing when there is none. */
    template <typename Gadget>
    std::optional<Gadget> get(const QString &key) const
    {
        const JsonText value = text(key);
        if (value.isNull())
            return std::nullopt;
        Gadget gadget;
        Schema::readGadget(Gadget::staticMetaObject, &gadget, value);
        return gadget;
    }

    /*! A key that no other row has. */
    Q_INVOKABLE static QString newKey();

    /*! A new row. Its key is the primary-key field of \a values, or \a key where the collection has no such field. */
    Q_INVOKABLE DurableStreams::Transaction *insert(const QVariant &values, const QString &key = {});
    /*! Sets the fields of \a patch in the row \a key; the others stay as they are, also as others change them. */
    Q_INVOKABLE DurableStreams::Transaction *update(const QString &key, const QVariantMap &patch);
    /*! insert() or replacement of the whole row. */
    Q_INVOKABLE DurableStreams::Transaction *upsert(const QVariant &values, const QString &key = {});
    Q_INVOKABLE DurableStreams::Transaction *remove(const QString &key);

    /*! See Transaction::insert(). */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    Transaction *insert(const Gadget &row)
    {
        return write([&](Transaction *transaction) { transaction->insert(this, row); });
    }
    /*! See Transaction::update(). */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    Transaction *update(const Gadget &row)
    {
        return write([&](Transaction *transaction) { transaction->update(this, row); });
    }
    /*! See Transaction::upsert(). */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    Transaction *upsert(const Gadget &row)
    {
        return write([&](Transaction *transaction) { transaction->upsert(this, row); });
    }

Q_SIGNALS:
    void streamDbChanged();
    void schemaChanged();
    void conflictPolicyChanged();
    void volatileWritesChanged();
    void loadedChanged();

private:
    friend class CollectionPrivate;
    friend class LiveQuery;
    friend class LiveRow;
    friend class StreamDb;
    friend class StreamDbPrivate;
    friend class LiveQueryPrivate;
    friend class LiveRowPrivate;
    CollectionPrivate *d_func() const;
    Transaction *write(const std::function<void(Transaction *)> &fill);
};

} // namespace DurableStreams
