// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "InThread.h"

#include <DurableStreams/SqliteStore>

#include <QDir>
#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using Code = StreamError::Code;
using State = OutboxTransaction::State;

class tst_Outbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void nothingYet();
    void keepsTransactionsAsTheyAre();
    void keepsBatches();
    void freezesWhatIsThere();
    void oneThatContradictsFailsAlone();
    void anotherTryTakesThePlaceOfAFailedOne();
    void logIsShortenedAtRest();
    void answers();
    void answersOutliveTheirTransactions();
    void answersTwice();
    void answeredOnesAreNotSentAgain();
    void producerIsSetAnew();
    void fails();
    void removes();
    void manyAtOnce();
    void oneFailsAlone();
    void savesBeforeItIsDeleted();
    void clears();
    void onlyTheUserReadsIt();
    void otherStream();
    void otherVersion();
    void versionBefore();

private:
    void reopen();
    OutboxContent load() { return (*m_outbox)->load("board").result(); }
    OutboxContent loadAgain();
    StreamError add(quint64 sequence);
    static OutboxTransaction transaction(quint64 sequence);
    static ProducerBatch batch(qint64 sequence, const QList<quint64> &transactions);
    void execute(const QString &statement) const;

    std::unique_ptr<QTemporaryDir> m_directory;
    SqliteStoreOptions m_options;
    std::optional<InThread<OutboxStore>> m_outbox;
    QString m_path;
};

void tst_Outbox::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_options.folder = m_directory->path();
    m_path = SqliteStore(m_options).outboxPath(u"board"_s);
    reopen();
}

void tst_Outbox::cleanup()
{
    m_outbox.reset();
}

void tst_Outbox::reopen()
{
    m_outbox.reset();
    m_outbox.emplace(SqliteStore(m_options).makeOutbox(u"board"_s));
}

/* As the next start does. */
OutboxContent tst_Outbox::loadAgain()
{
    reopen();
    return load();
}

OutboxTransaction tst_Outbox::transaction(quint64 sequence)
{
    return {sequence,
            "tx-" + QByteArray::number(sequence),
            {{Operation::Upsert, "card", "a", JsonText::fromCheckedJson("1"), {}}},
            {}};
}

ProducerBatch tst_Outbox::batch(qint64 sequence, const QList<quint64> &transactions)
{
    ProducerBatch batch{3, sequence, "application/json", QByteArray("[\0\xff]", 4), {}, false};
    for (const quint64 transaction : transactions)
        batch.appends.append({transaction, 2});
    return batch;
}

StreamError tst_Outbox::add(quint64 sequence)
{
    return (*m_outbox)->add(transaction(sequence)).result();
}

void tst_Outbox::execute(const QString &statement) const
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"test"_s);
        database.setDatabaseName(m_path);
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(statement));
    }
    QSqlDatabase::removeDatabase(u"test"_s);
}

void tst_Outbox::nothingYet()
{
    QCOMPARE(add(1).code(), Code::StorageFailed); // ahead of load()
    OutboxContent content = load();
    QCOMPARE(content.error, StreamError());
    QVERIFY(content.transactions.isEmpty() && content.producer.isEmpty());
    content = loadAgain();
    QCOMPARE(content.error, StreamError());
    QVERIFY(content.transactions.isEmpty() && content.producer.isEmpty());
}

void tst_Outbox::keepsTransactionsAsTheyAre()
{
    const QByteArray odd("k\0 \" ' \xC3\xBC", 9);
    const auto json = [](QByteArrayView text) { return JsonText::fromJson(text).value(); };
    OutboxTransaction first{
        7,
        odd,
        {{Operation::Insert, "card", odd, json(R"({ "b" : 1.50,"a":"\u00fc \ud800"})"), {}},
         {Operation::Update, "card", "b", {}, {{odd, json("12345678901234567890")}, {"x", json("null")}}},
         {Operation::Delete, "", "", {}, {}}},
        QDateTime::fromMSecsSinceEpoch(1'700'000'000'123, Qt::UTC),
        {"move", json(R"([1, {"to":"done"}])"), "once"}};
    QVERIFY(load().error.isOk());
    QCOMPARE((*m_outbox)->add(first).result(), StreamError());
    QVERIFY(add(9).isOk());
    QVERIFY(add(8).isOk());

    const OutboxContent content = loadAgain();
    QCOMPARE(content.error, StreamError());
    QCOMPARE(content.transactions.size(), 3);
    const OutboxTransaction &kept = content.transactions[0];
    QCOMPARE(kept.sequence, 7);
    QCOMPARE(kept.txid, first.txid);
    QCOMPARE(kept.createdAt, first.createdAt);
    QCOMPARE(kept.action, first.action);
    QVERIFY(kept.state == State::Saved);
    QCOMPARE(kept.error, StreamError());
    QCOMPARE(kept.mutations.size(), 3);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(kept.mutations[i].operation, first.mutations[i].operation);
        QCOMPARE(kept.mutations[i].type, first.mutations[i].type);
        QCOMPARE(kept.mutations[i].key, first.mutations[i].key);
        QCOMPARE(kept.mutations[i].value, first.mutations[i].value);
        QCOMPARE(kept.mutations[i].patch, first.mutations[i].patch);
    }
    QCOMPARE(content.transactions[1].sequence, 8);
    QCOMPARE(content.transactions[2].sequence, 9);
    QVERIFY(!content.transactions[1].createdAt.isValid());
    QVERIFY(content.transactions[1].action.arguments.isNull());
}

void tst_Outbox::keepsBatches()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QVERIFY(add(1).isOk() && add(2).isOk() && add(3).isOk());
    ProducerBatch closing = batch(6, {3});
    closing.closes = true;
    QCOMPARE((*m_outbox)->freeze({batch(5, {1, 2})}).result(), StreamError());
    QCOMPARE((*m_outbox)->freeze({closing}).result(), StreamError());
    QCOMPARE(loadAgain().producer, (ProducerState{"writer", 3, 7, {batch(5, {1, 2}), closing}}));
}

void tst_Outbox::freezesWhatIsThere()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk() && add(2).isOk());
    QCOMPARE((*m_outbox)->freeze({batch(0, {1})}).result().code(), Code::InvalidArgument); // no producer
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QCOMPARE((*m_outbox)->freeze({batch(6, {1})}).result().code(), Code::InvalidArgument); // not the next
    QCOMPARE((*m_outbox)->freeze({batch(5, {1, 9})}).result().code(), Code::InvalidArgument); // not saved
    QCOMPARE((*m_outbox)->freeze({batch(5, {1, 1})}).result().code(), Code::InvalidArgument); // twice
    QVERIFY((*m_outbox)->fail(2, StreamError(Code::Forbidden, u"No."_s)).result().isOk());
    QCOMPARE((*m_outbox)->freeze({batch(5, {1, 2})}).result().code(), Code::InvalidArgument); // failed
    QCOMPARE(loadAgain().producer, (ProducerState{"writer", 3, 5, {}}));
    QCOMPARE((*m_outbox)->freeze({batch(5, {1}), batch(7, {2})}).result().code(), Code::InvalidArgument); // all or none
    QVERIFY((*m_outbox)->freeze({batch(5, {1})}).result().isOk());
}

/* Of what is saved together, and whichever it is. */
void tst_Outbox::oneThatContradictsFailsAlone()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(50).isOk());
    QList<QFuture<StreamError>> saving;
    for (quint64 sequence = 1; sequence <= 100; ++sequence)
        saving.append((*m_outbox)->add(transaction(sequence)));
    for (qsizetype i = 0; i < saving.size(); ++i)
        QCOMPARE(saving[i].result().code(), i == 49 ? Code::InvalidArgument : Code::NoError);
    QCOMPARE(loadAgain().transactions.size(), 100);
}

/* All of it or nothing. */
void tst_Outbox::anotherTryTakesThePlaceOfAFailedOne()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk() && add(2).isOk());
    QVERIFY((*m_outbox)->fail(1, StreamError(Code::NotFound, u"gone"_s)).result().isOk());
    OutboxTransaction again = transaction(2);
    again.inPlaceOf = 1;
    QCOMPARE((*m_outbox)->add(again).result().code(), Code::InvalidArgument);
    QCOMPARE(loadAgain().transactions.size(), 2);
    again.sequence = 3;
    QVERIFY((*m_outbox)->add(again).result().isOk());
    const OutboxContent content = loadAgain();
    QCOMPARE(content.transactions.size(), 2);
    QCOMPARE(content.transactions[0].sequence, 2U);
    QCOMPARE(content.transactions[1].sequence, 3U);
    QVERIFY(content.transactions[1].state == State::Saved);
}

/* And not ahead of a save that follows. */
void tst_Outbox::logIsShortenedAtRest()
{
    QVERIFY(load().error.isOk());
    OutboxTransaction large = transaction(1);
    large.mutations[0].value = JsonText::fromCheckedJson('"' + QByteArray(5'000'000, 'x') + '"');
    const auto logSize = [this] { return QFileInfo(m_path + u"-wal"_s).size(); };
    QPromise<qint64> sizeAfterwards;
    sizeAfterwards.start();
    OutboxStore *outbox = m_outbox->operator->();
    outbox->add(large).then([&](const StreamError &) {
        outbox->add(transaction(2)).then([&](const StreamError &) {
            sizeAfterwards.addResult(logSize());
            sizeAfterwards.finish();
        });
    });
    QVERIFY(sizeAfterwards.future().result() > 5'000'000);
    QTRY_COMPARE(logSize(), 0);
    QVERIFY(QFileInfo(m_path).size() > 5'000'000);
    QVERIFY(add(3).isOk());
    QCOMPARE(loadAgain().transactions.size(), 3);
}

void tst_Outbox::answers()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QVERIFY(add(1).isOk() && add(2).isOk() && add(3).isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {1, 2})}).result().isOk());
    QVERIFY((*m_outbox)->freeze({batch(6, {3})}).result().isOk());
    QCOMPARE((*m_outbox)->answer(3, 5, "offset-9").result(), StreamError());
    QCOMPARE((*m_outbox)->answer(3, 5, "offset-9").result().code(), Code::InvalidArgument);
    const OutboxContent content = loadAgain();
    QCOMPARE(content.producer, (ProducerState{"writer", 3, 7, {batch(6, {3})}}));
    QVERIFY(content.transactions[0].state == State::Answered && content.transactions[1].state == State::Answered);
    QCOMPARE(content.transactions[0].nextOffset, "offset-9");
    QVERIFY(content.transactions[2].state == State::Saved);
}

/* A number that an answered one had is nobody else's, while others of its batch are there. */
void tst_Outbox::answersOutliveTheirTransactions()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    for (quint64 sequence = 1; sequence <= 6; ++sequence)
        QVERIFY(add(sequence).isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {1, 2, 4, 5, 6})}).result().isOk());
    QVERIFY((*m_outbox)->remove({6, 4}).result().isOk());
    QVERIFY((*m_outbox)->answer(3, 5, "offset-9").result().isOk());
    OutboxContent content = loadAgain();
    QCOMPARE(content.transactions.size(), 4);
    QCOMPARE(content.lastSequence, 6U);
    for (const OutboxTransaction &transaction : std::as_const(content.transactions))
        QCOMPARE(transaction.state, transaction.sequence == 3 ? State::Saved : State::Answered);
    QVERIFY((*m_outbox)->remove({5}).result().isOk());
    content = loadAgain();
    QCOMPARE(content.lastSequence, 3U);
    QVERIFY((*m_outbox)->remove({2, 3}).result().isOk());
    content = loadAgain();
    QVERIFY(content.transactions[0].state == State::Answered);
    QCOMPARE(content.lastSequence, 2U);
    QVERIFY((*m_outbox)->remove({1}).result().isOk());
    QCOMPARE(loadAgain().lastSequence, 0U);
}

/* As where the producer set its batches anew ahead of the end of one. */
void tst_Outbox::answersTwice()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QVERIFY(add(1).isOk() && add(2).isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {1, 2})}).result().isOk());
    QVERIFY((*m_outbox)->answer(3, 5, "offset-9").result().isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 6, {batch(5, {1, 2})}}).result().isOk());
    QCOMPARE((*m_outbox)->answer(3, 5, {}).result(), StreamError());
    const OutboxContent content = loadAgain();
    QVERIFY(content.producer.batches.isEmpty());
    QVERIFY(content.transactions[1].state == State::Answered);
    QCOMPARE(content.transactions[1].nextOffset, "offset-9");
}

void tst_Outbox::answeredOnesAreNotSentAgain()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QVERIFY(add(1).isOk() && add(2).isOk() && add(3).isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {1, 2})}).result().isOk());
    QVERIFY((*m_outbox)->answer(3, 5, "offset-9").result().isOk());
    QCOMPARE((*m_outbox)->freeze({batch(6, {2, 3})}).result().code(), Code::InvalidArgument);
    QCOMPARE((*m_outbox)->replace(transaction(2)).result().code(), Code::InvalidArgument);
    QCOMPARE((*m_outbox)->freeze({batch(6, {3})}).result(), StreamError());
    const StreamError error(Code::Forbidden, u"The server said no."_s, {}, 403);
    QVERIFY((*m_outbox)->fail(1, error).result().isOk());
    const OutboxContent content = loadAgain();
    QVERIFY(content.transactions[0].state == State::Failed);
    QVERIFY(content.transactions[1].state == State::Answered);
}

void tst_Outbox::producerIsSetAnew()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QVERIFY(add(1).isOk() && add(2).isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {1, 2})}).result().isOk());
    const ProducerState refused{"writer", 3, 6, {batch(5, {1})}};
    QCOMPARE((*m_outbox)->setProducer(refused).result(), StreamError());
    const OutboxContent content = loadAgain();
    QCOMPARE(content.producer, refused);
    QCOMPARE(content.transactions.size(), 2);
    QVERIFY((*m_outbox)->freeze({batch(6, {2})}).result().isOk());
}

void tst_Outbox::fails()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk());
    const StreamError error(Code::Forbidden, u"The server said no."_s, {}, 403);
    QCOMPARE((*m_outbox)->fail(1, error).result(), StreamError());
    QCOMPARE((*m_outbox)->fail(2, error).result().code(), Code::InvalidArgument);
    const OutboxContent content = loadAgain();
    QVERIFY(content.transactions[0].state == State::Failed);
    QCOMPARE(content.transactions[0].error, error);
    QCOMPARE(content.transactions[0].mutations.size(), 1);
}

void tst_Outbox::removes()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk() && add(2).isOk() && add(3).isOk());
    QCOMPARE((*m_outbox)->remove({1, 3, 17}).result(), StreamError());
    const OutboxContent content = loadAgain();
    QCOMPARE(content.transactions.size(), 1);
    QCOMPARE(content.transactions[0].sequence, 2);
    QVERIFY(add(1).isOk()); // with its mutations it went whole
}

void tst_Outbox::manyAtOnce()
{
    QVERIFY(load().error.isOk());
    QList<QFuture<StreamError>> futures;
    for (quint64 i = 1; i <= 2000; ++i)
        futures.append((*m_outbox)->add(transaction(i)));
    for (const QFuture<StreamError> &future : std::as_const(futures))
        QCOMPARE(future.result(), StreamError());
    const OutboxContent content = loadAgain();
    QCOMPARE(content.transactions.size(), 2000);
    for (quint64 i = 1; i <= 2000; ++i)
        QCOMPARE(content.transactions[qsizetype(i - 1)].sequence, i);
}

void tst_Outbox::oneFailsAlone()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(2).isOk());
    const auto first = (*m_outbox)->add(transaction(1));
    const auto taken = (*m_outbox)->add(transaction(2));
    const auto third = (*m_outbox)->add(transaction(3));
    QCOMPARE(first.result(), StreamError());
    QCOMPARE(taken.result().code(), Code::InvalidArgument);
    QVERIFY(taken.result().message().contains(QDir::toNativeSeparators(m_path)));
    QCOMPARE(third.result(), StreamError());
    QCOMPARE(loadAgain().transactions.size(), 3);
}

void tst_Outbox::savesBeforeItIsDeleted()
{
    QVERIFY(load().error.isOk());
    const auto saved = (*m_outbox)->add(transaction(1));
    reopen();
    QVERIFY(saved.isFinished());
    QCOMPARE(saved.result(), StreamError());
    QCOMPARE(load().transactions.size(), 1);
}

void tst_Outbox::clears()
{
    QVERIFY(load().error.isOk());
    OutboxTransaction secret = transaction(1);
    secret.action.name = "secret";
    QVERIFY((*m_outbox)->setProducer({"secret", 3, 5, {}}).result().isOk());
    QVERIFY((*m_outbox)->add(secret).result().isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {1})}).result().isOk());
    QCOMPARE((*m_outbox)->clear().result(), StreamError());
    for (const QString &name : QDir(m_options.folder).entryList(QDir::Files)) {
        QFile file(m_options.folder + u'/' + name);
        QVERIFY(file.open(QIODevice::ReadOnly) && !file.readAll().contains("secret"));
    }
    const OutboxContent content = loadAgain();
    QCOMPARE(content.error, StreamError());
    QVERIFY(content.transactions.isEmpty() && content.producer.isEmpty());
    QVERIFY(add(1).isOk());
}

void tst_Outbox::onlyTheUserReadsIt()
{
    constexpr auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
        | QFileDevice::WriteOther | QFileDevice::ExeOwner;
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk());
    const QStringList names = QDir(m_options.folder).entryList(QDir::Files);
    QVERIFY(names.size() >= 3); // the log and the lock too
    for (const QString &name : names)
        QVERIFY2(!(QFile::permissions(m_options.folder + u'/' + name) & others), qPrintable(name));
}

void tst_Outbox::otherStream()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk());
    reopen();
    QCOMPARE((*m_outbox)->load("another").result().error.code(), Code::StorageFailed);
    QCOMPARE(add(2).code(), Code::StorageFailed);
    QCOMPARE(loadAgain().transactions.size(), 1);
}

void tst_Outbox::otherVersion()
{
    QVERIFY(load().error.isOk());
    QVERIFY(add(1).isOk());
    m_outbox.reset();
    execute(u"PRAGMA user_version = 99"_s);
    const OutboxContent content = loadAgain();
    QCOMPARE(content.error.code(), Code::StorageFailed);
    QVERIFY(content.error.message().contains(u"version"_s));
    QVERIFY(content.transactions.isEmpty());
    m_outbox.reset();
    execute(u"PRAGMA user_version = 3"_s); // nothing was touched
    QCOMPARE(loadAgain().transactions.size(), 1);
}

/* It noted with each transaction that it was answered. */
void tst_Outbox::versionBefore()
{
    QVERIFY(load().error.isOk());
    QVERIFY((*m_outbox)->setProducer({"writer", 3, 5, {}}).result().isOk());
    QVERIFY(add(1).isOk() && add(2).isOk() && add(3).isOk());
    QVERIFY((*m_outbox)->freeze({batch(5, {2})}).result().isOk());
    m_outbox.reset();
    execute(u"DROP TABLE answers"_s);
    execute(u"UPDATE transactions SET state = 1, next_offset = x'39' WHERE sequence = 1"_s);
    execute(u"PRAGMA user_version = 2"_s);
    OutboxContent content = loadAgain();
    QCOMPARE(content.error, StreamError());
    QVERIFY(content.transactions[0].state == State::Answered && content.transactions[1].state == State::Saved);
    QCOMPARE(content.transactions[0].nextOffset, "9");
    QCOMPARE(content.lastSequence, 3U);
    QCOMPARE(content.producer.batches, QList<ProducerBatch>{batch(5, {2})});
    QVERIFY((*m_outbox)->answer(3, 5, "offset-9").result().isOk());
    QVERIFY((*m_outbox)->freeze({batch(6, {3})}).result().isOk());
    content = loadAgain();
    QVERIFY(content.transactions[0].state == State::Answered && content.transactions[1].state == State::Answered);
    QCOMPARE(content.producer.batches, QList<ProducerBatch>{batch(6, {3})});
}

QTEST_GUILESS_MAIN(tst_Outbox)

#include "tst_outbox.moc"
