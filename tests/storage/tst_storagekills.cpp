// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Loaded.h"

#include <DurableStreams/SqliteStore>

#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

/* A program is killed while it saves; what it was told is saved has to be there. */
class tst_StorageKills : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingSavedIsLost();
    void lockGoesWithTheProcess();

private:
    void runAndKill(int lineCount);
    void checkOutbox();
    void checkCheckpoint();

    QTemporaryDir m_directory;
    SqliteStoreOptions m_options{m_directory.path()};
    QHash<QByteArray, QSet<quint64>> m_said; // by the word ahead of the number
    quint64 m_lastAdded = 0;
    quint64 m_lastWritten = 0;
};

void tst_StorageKills::nothingSavedIsLost()
{
    constexpr int mostLines = 120;
    constexpr qint64 patience = 60'000; // ms
    QRandomGenerator random(20260304);
    QElapsedTimer timer;
    timer.start();
    int kills = 0;
    for (; kills < 50 && timer.elapsed() < patience; ++kills) {
        runAndKill(random.bounded(1, mostLines));
        if (!QTest::currentTestFailed())
            checkOutbox();
        if (!QTest::currentTestFailed())
            checkCheckpoint();
        if (QTest::currentTestFailed())
            return;
    }
    qInfo("%d kills, %llu transactions, %lld batches, commit %llu", kills, static_cast<unsigned long long>(m_lastAdded),
          qint64(m_said["frozen"].size()), static_cast<unsigned long long>(m_lastWritten));
    QVERIFY(m_said["saved"].size() > kills && m_said["frozen"].size() > kills && m_lastWritten > 0);
}

void tst_StorageKills::runAndKill(int lineCount)
{
    QProcess writer;
    writer.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    writer.start(QStringLiteral(STORAGE_WRITER), {m_options.folder, QString::number(m_lastAdded + 1)});
    int lines = 0;
    bool isKilled = false;
    // Its last lines may come together with its end.
    for (bool goesOn = true; goesOn;) {
        goesOn = writer.canReadLine() || writer.waitForReadyRead();
        while (writer.canReadLine()) {
            const QByteArrayList words = writer.readLine().trimmed().split(' ');
            const quint64 number = words.value(1).toULongLong();
            m_said[words.first()].insert(number);
            if (words.first() == "adding")
                m_lastAdded = number;
            if (words.first() == "written")
                m_lastWritten = qMax(m_lastWritten, number);
            if (++lines >= lineCount && !isKilled) {
                writer.kill();
                isKilled = true;
            }
        }
    }
    QVERIFY(writer.state() == QProcess::NotRunning || writer.waitForFinished());
    QVERIFY2(isKilled, "the writer ended by itself");
}

void tst_StorageKills::checkOutbox()
{
    const InThread<OutboxStore> outbox(SqliteStore(m_options).makeOutbox(u"board"_s));
    const OutboxContent content = outbox->load("board").result();
    QCOMPARE(content.error, StreamError());
    QSet<quint64> transactions;
    for (const OutboxTransaction &transaction : content.transactions) {
        transactions.insert(transaction.sequence);
        QCOMPARE(transaction.txid, QByteArray::number(transaction.sequence));
        QCOMPARE(transaction.mutations.size(), 2); // whole
        QCOMPARE(transaction.mutations[1].patch.size(), 1);
    }
    const QSet<quint64> lost = m_said["saved"] - m_said["removing"] - transactions;
    QVERIFY2(lost.isEmpty(), qPrintable(u"%1 transactions are lost"_s.arg(lost.size())));
    QVERIFY((transactions - m_said["adding"]).isEmpty());

    QSet<quint64> batches;
    for (const ProducerBatch &batch : content.producer.batches) {
        batches.insert(quint64(batch.sequence));
        QCOMPARE(batch.appends.size(), 1);
        QCOMPARE(batch.body, QByteArray::number(batch.appends.first().id));
        QVERIFY(transactions.contains(batch.appends.first().id));
        QVERIFY(batch.sequence < content.producer.nextSequence);
    }
    QVERIFY((m_said["frozen"] - m_said["answering"] - batches).isEmpty());
    for (const quint64 sequence : std::as_const(m_said["frozen"]))
        QVERIFY(qint64(sequence) < content.producer.nextSequence);
}

void tst_StorageKills::checkCheckpoint()
{
    const InThread<CheckpointStore> checkpoint(SqliteStore(m_options).makeCheckpoint(u"board"_s));
    const Loaded loaded = Loaded::from(checkpoint.get(), {"board", "1", {}});
    QCOMPARE(loaded.error, StreamError());
    const quint64 number = loaded.head.offset.toULongLong();
    QVERIFY(number >= m_lastWritten);
    m_lastWritten = number; // the next writer goes on from it
    // One whole commit.
    for (const RowVersionPointer &row : loaded.rows("card"))
        QCOMPARE(row->value().toByteArray(), QByteArray::number(number));
    const QList<RowVersionPointer> log = loaded.rows("log");
    QCOMPARE(log.size(), qsizetype(number));
    for (quint64 i = 0; i < number; ++i)
        QCOMPARE(log[qsizetype(i)]->order(), i + 1);
}

void tst_StorageKills::lockGoesWithTheProcess()
{
    QTemporaryDir directory;
    const SqliteStore store(SqliteStoreOptions{directory.path()});
    QProcess writer;
    writer.start(QStringLiteral(STORAGE_WRITER), {directory.path(), u"1"_s});
    while (!writer.canReadLine())
        QVERIFY(writer.waitForReadyRead());
    {
        const InThread<OutboxStore> outbox(store.makeOutbox(u"board"_s));
        QCOMPARE(outbox->load("board").result().error.code(), StreamError::Code::StorageInUse);
        const InThread<CheckpointStore> checkpoint(store.makeCheckpoint(u"board"_s));
        QCOMPARE(Loaded::from(checkpoint.get(), {"board", "1", {}}).error.code(), StreamError::Code::StorageInUse);
    }
    writer.kill();
    QVERIFY(writer.waitForFinished());
    const InThread<OutboxStore> outbox(store.makeOutbox(u"board"_s));
    QCOMPARE(outbox->load("board").result().error, StreamError());
    const InThread<CheckpointStore> checkpoint(store.makeCheckpoint(u"board"_s));
    QCOMPARE(Loaded::from(checkpoint.get(), {"board", "1", {}}).error, StreamError());
}

QTEST_GUILESS_MAIN(tst_StorageKills)

#include "tst_storagekills.moc"
