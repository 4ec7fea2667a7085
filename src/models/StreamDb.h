// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/QuarantineModel>
#include <DurableStreams/QuarantinedEvent>
#include <DurableStreams/Schema>
#include <DurableStreams/SendResult>
#include <DurableStreams/StreamError>
#include <DurableStreams/StreamSource>
#include <DurableStreams/TransactionModel>
#include <DurableStreams/WriteConflict>

#include <QFuture>
#include <QList>
#include <QObject>
#include <QString>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>

namespace DurableStreams {

class Collection;
class Session;
class StreamDbPrivate;
class Transaction;

/*!
 * One stream of change events as live collections.
 *
 * Reads from \c url over HTTP, or from \c source; keeps the rows of the collections declared on it; sends local writes.
 * With a session that has a store it starts from the rows that are kept under its name, and reads on from there. Where
 * another stream is there now (StreamReplaced, InvalidOffset), that is read from its start, and the rows stay until
 * then.
 * A commit changes all collections in one turn of the event loop, between aboutToCommit() and committed(): from the
 * first of its signals on, reads by key give the new state of all of them. Writing, closing and deleting are legal in
 * any slot. GUI thread only; all network and JSON work is done in the session's thread.
 */
class DURABLESTREAMS_EXPORT StreamDb : public QObject
{
    Q_OBJECT
    Q_PROPERTY(DurableStreams::Session *session READ session WRITE setSession NOTIFY sessionChanged FINAL)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged FINAL)
    Q_PROPERTY(QString schemaVersion READ schemaVersion WRITE setSchemaVersion NOTIFY schemaVersionChanged FINAL)
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged FINAL)
    Q_PROPERTY(DurableStreams::StreamSource *source READ source WRITE setSource NOTIFY sourceChanged FINAL)
    Q_PROPERTY(bool stored READ isStored WRITE setStored NOTIFY storedChanged FINAL)
    Q_PROPERTY(bool createIfMissing READ createIfMissing WRITE setCreateIfMissing NOTIFY createIfMissingChanged FINAL)
    Q_PROPERTY(int timeToLive READ timeToLive WRITE setTimeToLive NOTIFY timeToLiveChanged FINAL)
    Q_PROPERTY(LiveMode liveMode READ liveMode WRITE setLiveMode NOTIFY liveModeChanged FINAL)
    Q_PROPERTY(Status status READ status NOTIFY statusChanged FINAL)
    Q_PROPERTY(bool offline READ isOffline NOTIFY statusChanged FINAL)
    Q_PROPERTY(int retryIn READ retryIn NOTIFY statusChanged FINAL)
    Q_PROPERTY(Transport transport READ transport NOTIFY transportChanged FINAL)
    Q_PROPERTY(bool loaded READ isLoaded NOTIFY loadedChanged FINAL)
    Q_PROPERTY(bool upToDate READ isUpToDate NOTIFY upToDateChanged FINAL)
    Q_PROPERTY(double progress READ progress NOTIFY progressChanged FINAL)
    Q_PROPERTY(double eventCount READ eventCount NOTIFY progressChanged FINAL)
    Q_PROPERTY(QString offset READ offset NOTIFY committed FINAL)
    Q_PROPERTY(DurableStreams::StreamError lastError READ lastError NOTIFY lastErrorChanged FINAL)
    Q_PROPERTY(QString errorString READ errorString NOTIFY lastErrorChanged FINAL)
    Q_PROPERTY(int pendingCount READ pendingCount NOTIFY pendingCountChanged FINAL)
    Q_PROPERTY(int failedCount READ failedCount NOTIFY failedCountChanged FINAL)
    Q_PROPERTY(DurableStreams::StreamError heldBy READ heldBy NOTIFY heldByChanged FINAL)
    Q_PROPERTY(
        int confirmationLimit READ confirmationLimit WRITE setConfirmationLimit NOTIFY confirmationLimitChanged FINAL)
    Q_PROPERTY(
        int volatileInterval READ volatileInterval WRITE setVolatileInterval NOTIFY volatileIntervalChanged FINAL)
    Q_PROPERTY(bool canUndo READ canUndo NOTIFY historyChanged FINAL)
    Q_PROPERTY(bool canRedo READ canRedo NOTIFY historyChanged FINAL)
    Q_PROPERTY(double ignoredCount READ ignoredCount NOTIFY ignoredCountChanged FINAL)
    Q_PROPERTY(DurableStreams::TransactionModel *transactions READ transactions CONSTANT FINAL)
    Q_PROPERTY(int quarantinedCount READ quarantinedCount NOTIFY quarantinedCountChanged FINAL)
    Q_PROPERTY(DurableStreams::QuarantineModel *quarantine READ quarantine CONSTANT FINAL)

public:
    /*! As StreamSource::Status. */
    enum class Status { Idle, Connecting, CatchingUp, Live, WaitingToRetry, Offline, Closed, Failed };
    Q_ENUM(Status)
    /*! As StreamSource::Transport. */
    enum class Transport { None, CatchUp, LongPoll, Sse, Memory };
    Q_ENUM(Transport)

    /*! How news come over HTTP. */
    enum class LiveMode {
        PreferSse, //!< Server-Sent Events; long-poll where they fail or are held back on their way
        OnlyLongPoll,
        OnlySse
    };
    Q_ENUM(LiveMode)

    explicit StreamDb(QObject *parent = nullptr);
    StreamDb(Session *session, const QString &name, const QUrl &url, QObject *parent = nullptr);
    ~StreamDb() override;

    /*! Set before the first preload(); one of its own otherwise. */
    Session *session() const;
    void setSession(Session *session);

    /*!
     * The app's name for the stream, wherever it is: what the session's store keeps is kept under it. With a store
     * another name means another stream, as another URL does.
     */
    QString name() const;
    void setName(const QString &name);

    /*!
     * Of what the app makes of the events, where its schemas alone do not tell it, such as validator functions. Rows
     * that were stored with another one are not used: they are read from the stream again. Counts from the next start.
     */
    QString schemaVersion() const;
    void setSchemaVersion(const QString &version);

    /*!
     * Empty: idle, no rows; writes wait for the first URL. Another URL drops the rows and unconfirmed writes, and reads
     * that stream from its start.
     */
    QUrl url() const;
    void setUrl(const QUrl &url);

    /*! Instead of a URL; not owned. */
    StreamSource *source() const;
    void setSource(StreamSource *source);

    /*!
     * Whether rows and unsent writes are kept on disk, where the session has a store; true by default. Counts from the
     * next opening on.
     */
    bool isStored() const;
    void setStored(bool stored);

    /*! Whether a missing stream is created when it is first opened. */
    bool createIfMissing() const;
    void setCreateIfMissing(bool create);

    /*! Seconds that a stream created here lives, 0 for ever. One that expired is created anew. */
    int timeToLive() const;
    void setTimeToLive(int seconds);

    /*! PreferSse by default; counts from the next opening on. */
    LiveMode liveMode() const;
    void setLiveMode(LiveMode mode);

    Status status() const;
    /*! Whether the stream is out of reach and tried again by itself: WaitingToRetry or Offline. */
    bool isOffline() const { return status() == Status::WaitingToRetry || status() == Status::Offline; }
    int retryIn() const; //!< milliseconds to the next try, as of the last statusChanged()
    Transport transport() const;
    /*!
     * There are rows to show: all of the stream, perhaps as they are on disk; or, where it is out of reach and the disk
     * has none of them, the writes of earlier runs that it has not got yet.
     */
    bool isLoaded() const;
    bool isUpToDate() const; //!< the stream's word: all that it holds is here
    double progress() const; //!< of the first load, 0 to 1; -1 while its size is not known
    qint64 eventCount() const; //!< events read so far
    QString offset() const; //!< as of the last commit
    StreamError lastError() const; //!< no error once the stream is live again, by whatever transport
    QString errorString() const;
    int pendingCount() const; //!< transactions not yet confirmed, those that failed aside
    /*! Those, and the failed ones, for a view. */
    TransactionModel *transactions() const;
    int failedCount() const; //!< transactions that were taken back and are kept until discard() or retry()
    /*!
     * Why no write is sent, although the stream can be read or was: it refuses this writer (Unauthorized, Forbidden),
     * or is not there (NotFound). Writes wait, in order. New credentials of the session, and reconnect(), let them go
     * on.
     */
    StreamError heldBy() const;
    /*! Milliseconds that a write which the stream took may take to be read back, before it is Unconfirmed; 10 s. */
    int confirmationLimit() const;
    void setConfirmationLimit(int milliseconds);
    /*! Events of types that no collection asks for. They are not kept: one that asks later makes the stream be read
     * again from its start, while all rows stay. */
    qint64 ignoredCount() const;
    int quarantinedCount() const; //!< events set aside since the start
    /*! The last events that were set aside, for a view. */
    QuarantineModel *quarantine() const;
    /*! The same as a list. */
    QList<QuarantinedEvent> quarantinedEvents() const;

    /*! A collection of this stream with a role for each property of \a Gadget, whose first property is the key. */
    template <typename Gadget>
    Collection *collection(const QString &type)
    {
        return collection(Schema::fromGadget(type.toUtf8(), Gadget::staticMetaObject));
    }
    /*! The collection of this stream for \a schema's type; made, and owned, on the first call. */
    Collection *collection(const Schema &schema);

    /*! Starts reading, unless it has begun. Ends when the rows are there (isOk()) or nothing more is tried. */
    QFuture<StreamError> preload();
    /*!
     * Tries at once: while waiting to retry, and after a failure too. A stream that was removed is read from its start
     * if it is there again; it is not created anew, unless it was to expire.
     */
    Q_INVOKABLE void reconnect();

    /*!
     * Stops reading and sending; the rows stay, and are written to the disk at once. Every wait ends with Cancelled,
     * and so do writes under way, whose outcome is then not known; those not sent yet wait. preload() or reconnect()
     * goes on from there.
     */
    Q_INVOKABLE void close();
    /*!
     * Ends when events of \a txid are shown: at once where they were, and fewer than 10,000 others followed; with
     * Timeout after \a limit. For writes of somebody else; those of this StreamDb end with Transaction::finished().
     */
    QFuture<StreamError> awaitTxId(const QString &txid, std::chrono::milliseconds limit = std::chrono::seconds(5));

    /*!
     * Milliseconds in which volatile writes of the same rows are merged, behind one that left at once; 50. A
     * transaction that is merged into the next one ends as Discarded. 0: each goes by itself.
     */
    int volatileInterval() const;
    void setVolatileInterval(int milliseconds);

    /*!
     * Sends the transactions with that Transaction::setAction() in the place of the stream: through the app's own API,
     * which appends to the stream in its own way. They show at once as others do, are kept on disk, and are confirmed
     * by the first events of the txid that the sender gives, or of the transaction's own.
     *
     * At least once: after an error that isRetryable(), and in the next run of the program, the sender is called again
     * with the same idempotency key. Called in the GUI thread; its future may end in any.
     */
    using Sender = std::function<QFuture<SendResult>(const QVariant &arguments, const QString &idempotencyKey)>;
    void setSender(const QString &action, const Sender &sender);

    /*!
     * Ends when all that was written so far is on disk, and the rows as well as they are known; ok at once without a
     * store. Timeout after \a limit; a full disk and the like end it with their error, as does a change that could not
     * be kept at all, until it is discarded. StorageFailed where there are writes and nothing was started; Cancelled
     * where another stream takes the place of this one meanwhile. For the end of a program: what is not sent yet is
     * sent in the next run.
     */
    QFuture<StreamError> save(std::chrono::milliseconds limit = std::chrono::seconds(5));

    /*! An empty transaction; fill and commit it. */
    Q_INVOKABLE DurableStreams::Transaction *begin();
    /*!
     * Takes back a transaction that is not sent yet, or forgets one that failed. False, and lastError, where it is on
     * its way already.
     */
    Q_INVOKABLE bool discard(const QString &txid);
    /*!
     * Takes the last transaction of this run back by one that does the opposite, field by field; redo() does it again.
     * Returns that transaction. Nothing, and lastError (Superseded), where a later change by somebody else would be
     * lost: then that step is given up. Volatile writes, and transactions that are not Transaction::undoable, are no
     * steps; the last 100 steps are kept.
     */
    Q_INVOKABLE DurableStreams::Transaction *undo();
    Q_INVOKABLE DurableStreams::Transaction *redo();
    bool canUndo() const;
    bool canRedo() const;
    /*! Makes the changes of a failed transaction again. False, and lastError, where they do not fit the rows of now. */
    Q_INVOKABLE bool retry(const QString &txid);

Q_SIGNALS:
    void sessionChanged();
    void nameChanged();
    void schemaVersionChanged();
    void urlChanged();
    void sourceChanged();
    void storedChanged();
    void createIfMissingChanged();
    void timeToLiveChanged();
    void liveModeChanged();
    void statusChanged();
    void transportChanged();
    void loadedChanged();
    void upToDateChanged();
    void progressChanged();
    void lastErrorChanged();
    void pendingCountChanged();
    void failedCountChanged();
    void heldByChanged();
    void historyChanged();
    void confirmationLimitChanged();
    void volatileIntervalChanged();
    void ignoredCountChanged();
    void quarantinedCountChanged();

    /*! A commit's signals follow; reads still give the old state. */
    void aboutToCommit();
    /*! All signals of the commit were sent. */
    void committed();
    /*! Every error, also one that is being retried. */
    void errorOccurred(const DurableStreams::StreamError &error);
    /*!
     * Somebody else changed a row between what a local update was made of and the update itself. The collection's
     * conflictPolicy has decided already what becomes of it.
     */
    void conflict(const DurableStreams::WriteConflict &conflict);
    /*! A local write was taken back. The transaction is deleted after this. */
    void transactionFailed(DurableStreams::Transaction *transaction);

private:
    friend class Collection;
    friend class CollectionPrivate;
    friend class StreamDbPrivate;
    friend class Transaction;

    std::unique_ptr<StreamDbPrivate> d;
};

} // namespace DurableStreams
