// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QFuture>
#include <QObject>
#include <QString>
#include <QVariantMap>

#include <memory>

namespace DurableStreams {

class Collection;
class StreamDb;
class TransactionPrivate;

/*!
 * One or more local writes of one stream, all or none, under one txid.
 *
 * Made by StreamDb::begin(), filled, committed; or made, filled and committed by one of Collection's write functions.
 * From commit() on the writes show. Confirmed once the stream holds them and this side has read them; failed writes are
 * taken back. finished() fires once, never from within commit(); the object is deleted after it. One that is never
 * committed goes with its StreamDb, without a signal. GUI thread only.
 */
class DURABLESTREAMS_EXPORT Transaction : public QObject
{
    Q_OBJECT
    Q_PROPERTY(State state READ state NOTIFY stateChanged FINAL)
    Q_PROPERTY(DurableStreams::StreamError error READ error NOTIFY stateChanged FINAL)
    Q_PROPERTY(QString txid READ txid CONSTANT FINAL)
    Q_PROPERTY(bool undoable READ isUndoable WRITE setUndoable NOTIFY undoableChanged FINAL)
    Q_PROPERTY(bool isFinished READ isFinished NOTIFY stateChanged FINAL)

public:
    enum class State {
        Open, //!< being filled
        Pending, //!< shown, and nowhere else yet
        Saved, //!< on disk, where the session has a store
        Sent, //!< under way, or in the stream but not read back yet
        Unconfirmed, //!< in the stream, and not read back for StreamDb::confirmationLimit
        Confirmed, //!< in the stream, and the rows show it
        Failed, //!< taken back; see error()
        Discarded //!< never committed, or taken back by StreamDb::discard()
    };
    Q_ENUM(State)

    ~Transaction() override;

    /*! See Collection::insert(); the collection must be of the same StreamDb. */
    Q_INVOKABLE void insert(DurableStreams::Collection *collection, const QVariant &values, const QString &key = {});
    Q_INVOKABLE void update(DurableStreams::Collection *collection, const QString &key, const QVariantMap &patch);
    Q_INVOKABLE void upsert(DurableStreams::Collection *collection, const QVariant &values, const QString &key = {});
    Q_INVOKABLE void remove(DurableStreams::Collection *collection, const QString &key);

    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    void insert(Collection *collection, const Gadget &row)
    {
        write(collection, Operation::Insert, Gadget::staticMetaObject, &row);
    }
    /*! Sets the fields in which the row differs from \a row; those that the gadget does not know stay. */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    void update(Collection *collection, const Gadget &row)
    {
        write(collection, Operation::Update, Gadget::staticMetaObject, &row);
    }
    /*! insert() or replacement of the whole row, but for the fields that the gadget does not know. */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    void upsert(Collection *collection, const Gadget &row)
    {
        write(collection, Operation::Upsert, Gadget::staticMetaObject, &row);
    }

    /*!
     * Lets the sender of that name send the transaction, in the place of the stream: see StreamDb::setSender().
     * \a arguments: anything that JSON has.
     */
    Q_INVOKABLE void setAction(const QString &name, const QVariant &arguments = {});

    /*!
     * Whether the transaction is a step of StreamDb::undo(); true by default. False for what the user did not do: a row
     * of a log, a migration. Has no effect after commit().
     */
    bool isUndoable() const;
    void setUndoable(bool undoable);

    /*! Shows and sends what was gathered. */
    Q_INVOKABLE void commit();
    /*! Drops what was gathered; has no effect after commit(). */
    Q_INVOKABLE void discard();

    State state() const;
    StreamError error() const;
    QString txid() const;
    bool isFinished() const;
    /*!
     * Ends with finished(): ok once it is confirmed; else its error, Cancelled for a discarded one and where the
     * StreamDb is deleted before.
     */
    QFuture<StreamError> result() const;

Q_SIGNALS:
    void stateChanged();
    void undoableChanged();
    void finished();

private:
    friend class StreamDb;
    friend class StreamDbPrivate;
    friend class TransactionPrivate;
    explicit Transaction(StreamDb *streamDb);
    void write(Collection *collection, Operation operation, const QMetaObject &metaObject, const void *gadget);

    std::unique_ptr<TransactionPrivate> d;
};

} // namespace DurableStreams
