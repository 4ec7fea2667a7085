// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>
#include <DurableStreams/Session>
#include <DurableStreams/SqliteStore>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRandomGenerator>
#include <QTimer>

#include <csignal>
#include <cstdio>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr int CardCount = 40; // few, so that edits meet
constexpr int EditsAtOnce = 4;

/* One line, gone from this process when it returns. */
void say(const char *what, const QString &text)
{
    std::printf("%s %s\n", what, qUtf8Printable(text));
    std::fflush(stdout);
}

void killMyself()
{
    std::raise(SIGKILL);
}

/* Ends the process in the middle of what is told, the COUNT-th time: POINT:COUNT. */
class KillPoint
{
public:
    explicit KillPoint(const QString &text)
        : m_point(text.section(u':', 0, 0))
        , m_count(text.section(u':', 1).toInt())
    {
    }
    void pass(const QString &point)
    {
        if (point == m_point && --m_count == 0)
            killMyself();
    }

private:
    const QString m_point;
    int m_count;
};

QFuture<StreamError> done()
{
    QPromise<StreamError> promise;
    promise.start();
    promise.addResult(StreamError());
    promise.finish();
    return promise.future();
}

/* An outbox that forgets what is under way: what a test has to notice. */
class ForgetfulOutbox : public OutboxStore
{
public:
    explicit ForgetfulOutbox(std::unique_ptr<OutboxStore> outbox)
        : m_outbox(outbox.release())
    {
        m_outbox->setParent(this);
    }
    QFuture<OutboxContent> load(const QByteArray &stream) override { return m_outbox->load(stream); }
    QFuture<StreamError> add(const OutboxTransaction &transaction) override { return m_outbox->add(transaction); }
    QFuture<StreamError> replace(const OutboxTransaction &transaction) override
    {
        return m_outbox->replace(transaction);
    }
    QFuture<StreamError> freeze(const QList<ProducerBatch> &) override { return done(); }
    QFuture<StreamError> answer(qint64, qint64, const QByteArray &) override { return done(); }
    QFuture<StreamError> setProducer(const ProducerState &) override { return done(); }
    QFuture<StreamError> fail(quint64 sequence, const StreamError &error) override
    {
        return m_outbox->fail(sequence, error);
    }
    QFuture<StreamError> remove(const QList<quint64> &sequences) override { return m_outbox->remove(sequences); }
    QFuture<StreamError> clear() override { return m_outbox->clear(); }
    void close() override { m_outbox->close(); }

private:
    OutboxStore *const m_outbox;
};

class WriterStore : public Store
{
public:
    WriterStore(const SqliteStoreOptions &options, bool freezes, KillPoint *killPoint)
        : m_store(options)
        , m_freezes(freezes)
        , m_killPoint(killPoint)
    {
    }
    std::unique_ptr<CheckpointStore> makeCheckpoint(const QString &stream) const override
    {
        std::unique_ptr<CheckpointStore> checkpoint = m_store.makeCheckpoint(stream);
        QObject::connect(checkpoint.get(), &CheckpointStore::written, checkpoint.get(),
                         [point = m_killPoint] { point->pass(u"checkpointed"_s); });
        return checkpoint;
    }
    std::unique_ptr<OutboxStore> makeOutbox(const QString &stream) const override
    {
        std::unique_ptr<OutboxStore> outbox = m_store.makeOutbox(stream);
        return m_freezes ? std::move(outbox) : std::make_unique<ForgetfulOutbox>(std::move(outbox));
    }

private:
    const SqliteStore m_store;
    const bool m_freezes;
    KillPoint *const m_killPoint;
};

/* Edits cards, a few at a time, and says which edits are saved. */
class Writer : public QObject
{
public:
    Writer(StreamDb *db, KillPoint *killPoint, int count)
        : m_db(db)
        , m_cards(db->collection(Schema("card", "id", {Field::string("id"), Field::integer("n")})))
        , m_killPoint(killPoint)
        , m_left(count)
    {
        connect(db, &StreamDb::pendingCountChanged, this, [this] { quitWhenDone(); });
        connect(db, &StreamDb::upToDateChanged, this, [this] { quitWhenDone(); });
        connect(db, &StreamDb::loadedChanged, this, [this] {
            if (m_left > 0)
                m_timer.start(0);
        });
        connect(&m_timer, &QTimer::timeout, this, [this] { edit(); });
    }

private:
    void edit()
    {
        for (int i = 0; i < EditsAtOnce && m_left > 0; ++i, --m_left)
            editOne();
        m_timer.stop();
        if (m_left > 0)
            m_timer.start(2);
        quitWhenDone();
    }

    void editOne()
    {
        const QString key = u"card-%1"_s.arg(QRandomGenerator::global()->bounded(CardCount));
        const int number = QRandomGenerator::global()->bounded(1'000'000);
        Transaction *transaction = m_db->begin();
        if (!m_cards->contains(key))
            transaction->insert(m_cards, QVariantMap{{"id", key}, {"n", number}});
        else if (number % 5 == 0)
            transaction->remove(m_cards, key);
        else
            transaction->update(m_cards, key, {{"n", number}});
        connect(transaction, &Transaction::stateChanged, this, [this, transaction] { told(transaction); });
        transaction->commit();
    }

    void told(const Transaction *transaction)
    {
        switch (transaction->state()) {
        case Transaction::State::Saved:
            say("saved", transaction->txid());
            m_killPoint->pass(u"saved"_s);
            break;
        case Transaction::State::Sent:
            m_killPoint->pass(u"sent"_s);
            break;
        case Transaction::State::Confirmed:
            m_killPoint->pass(u"confirmed"_s);
            break;
        case Transaction::State::Failed:
            say("failed", transaction->txid() + u' ' + transaction->error().message());
            break;
        default:
            break;
        }
    }

    void quitWhenDone()
    {
        if (m_left > 0 || m_db->pendingCount() > 0 || !m_db->isUpToDate())
            return;
        m_timer.disconnect(this);
        for (const QString &key : m_cards->keys())
            say("row", u"[\"%1\",%2]"_s.arg(key, QString::fromUtf8(m_cards->text(key).toByteArray())));
        for (int row = 0; row < m_cards->count(); ++row) {
            if (m_cards->index(row).data(RowModel::RowStateRole).toInt() != int(RowModel::RowState::Confirmed))
                say("pending", m_cards->index(row).data(RowModel::KeyRole).toString());
        }
        const TransactionModel *left = m_db->transactions();
        for (int row = 0; row < left->count(); ++row) {
            const QModelIndex index = left->index(row);
            say("failed", index.data().toString() + u": "_s + index.data(TransactionModel::ErrorStringRole).toString());
        }
        say("done", {});
        QCoreApplication::quit();
    }

    StreamDb *const m_db;
    Collection *const m_cards;
    KillPoint *const m_killPoint;
    QTimer m_timer;
    int m_left;
};

} // namespace

/* Makes edits, and ends when the stream has confirmed them all, unless it is killed before. */
int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addOptions({{"url", "The stream.", "URL"},
                       {"folder", "Where to keep rows and writes.", "FOLDER"},
                       {"edits", "How many edits to make.", "COUNT", "0"},
                       {"kill", "When to end at once.", "POINT:COUNT"},
                       {"no-freezing", "Forget what is under way."}});
    parser.process(app);
    KillPoint killPoint(parser.value("kill"));
    SqliteStoreOptions options;
    options.folder = parser.value("folder");
    options.checkpointDelay = std::chrono::milliseconds(5);
    Session session;
    session.setStore(std::make_shared<WriterStore>(options, !parser.isSet("no-freezing"), &killPoint));
    StreamDb db(&session, u"board"_s, QUrl(parser.value("url")));
    QObject::connect(&db, &StreamDb::errorOccurred, &app,
                     [](const StreamError &error) { say("error", error.message()); });
    const Writer writer(&db, &killPoint, parser.value("edits").toInt());
    db.preload();
    return app.exec();
}
