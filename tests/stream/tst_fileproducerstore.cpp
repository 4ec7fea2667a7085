// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/FileProducerStore>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using Code = StreamError::Code;

class tst_FileProducerStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void nothingYet();
    void keepsAll();
    void removes();
    void replaces();
    void onlyTheUserReadsIt();
    void staysSmall();
    void tornAtEveryByte_data();
    void tornAtEveryByte();
    void damageIsTold();
    void foreignFile_data();
    void foreignFile();
    void oneAtATime();
    void failedWriteIsMadeGood();

private:
    static ProducerBatch batch(qint64 sequence, const QByteArray &text = "1");
    ProducerState loaded();
    QByteArray content() const;
    void setContent(const QByteArray &bytes) const;

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
    std::unique_ptr<FileProducerStore> m_store;
};

void tst_FileProducerStore::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_path = m_directory->filePath(u"producer"_s);
    m_store = std::make_unique<FileProducerStore>(m_path);
}

void tst_FileProducerStore::cleanup()
{
    m_store.reset();
}

ProducerBatch tst_FileProducerStore::batch(qint64 sequence, const QByteArray &text)
{
    return {3, sequence, "application/json", '[' + text + ']', {{quint64(sequence) + 100, text.size()}}, sequence == 9};
}

/* What a new process reads. */
ProducerState tst_FileProducerStore::loaded()
{
    m_store.reset();
    m_store = std::make_unique<FileProducerStore>(m_path);
    ProducerState state;
    const StreamError error = m_store->load(&state);
    if (!error.isOk())
        qWarning() << error;
    return state;
}

QByteArray tst_FileProducerStore::content() const
{
    QFile file(m_path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_FileProducerStore::setContent(const QByteArray &bytes) const
{
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

void tst_FileProducerStore::nothingYet()
{
    QVERIFY(loaded().isEmpty());
    QVERIFY(!QFile::exists(m_path));
}

void tst_FileProducerStore::keepsAll()
{
    const QList<ProducerBatch> batches{batch(5, "1,{\"a\":\"\xC3\xBC\"}"), batch(6),
                                       batch(9, QByteArray(100'000, '7'))};
    QCOMPARE(m_store->replace({"writer", 3, 5, {}}), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 5, {}}));
    QCOMPARE(m_store->save(batches.first(2)).result(), StreamError());
    QCOMPARE(m_store->save(batches.last(1)).result(), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 10, batches}));
}

void tst_FileProducerStore::removes()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5), batch(6), batch(7)}).result().isOk());
    QVERIFY(m_store->remove(3, 5).isOk());
    QVERIFY(m_store->remove(3, 4).isOk()); // is not there
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 8, {batch(6), batch(7)}}));
    QVERIFY(m_store->remove(3, 6).isOk() && m_store->remove(3, 7).isOk());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 8, {}}));
}

void tst_FileProducerStore::replaces()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {batch(4)}}).isOk());
    QVERIFY(m_store->save({batch(5), batch(6)}).result().isOk());
    const ProducerState next{"writer", 4, 1, {{4, 0, "text/plain", "abc", {{7, 1}, {8, 2}}, false}}};
    QVERIFY(m_store->replace(next).isOk());
    QCOMPARE(loaded(), next);
}

void tst_FileProducerStore::onlyTheUserReadsIt()
{
    constexpr auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
        | QFileDevice::WriteOther | QFileDevice::ExeOwner;
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(!(QFile::permissions(m_path) & others));
    QVERIFY(m_store->save({batch(5, QByteArray(8'000'000, '1'))}).result().isOk());
    QVERIFY(m_store->remove(3, 5).isOk()); // written anew
    QVERIFY(QFileInfo(m_path).size() < 1'000'000);
    QVERIFY(!(QFile::permissions(m_path) & others));
}

void tst_FileProducerStore::staysSmall()
{
    QVERIFY(m_store->replace({"writer", 3, 0, {}}).isOk());
    qint64 largest = 0;
    for (qint64 sequence = 0; sequence < 100; ++sequence) {
        QVERIFY(m_store->save({batch(sequence, QByteArray(50'000, '1'))}).result().isOk());
        if (sequence > 4)
            QVERIFY(m_store->remove(3, sequence - 5).isOk());
        largest = qMax(largest, QFileInfo(m_path).size());
    }
    QVERIFY2(largest < 3'000'000, qPrintable(QString::number(largest)));
    QCOMPARE(loaded().batches.size(), 5);
}

void tst_FileProducerStore::tornAtEveryByte_data()
{
    QTest::addColumn<bool>("zeros");

    QTest::newRow("cut off") << false;
    QTest::newRow("zeros instead") << true;
}

/* Whatever of the last record reached the disk: it is there whole, or as if it never was. */
void tst_FileProducerStore::tornAtEveryByte()
{
    QFETCH(bool, zeros);
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    const QByteArray before = content();
    const ProducerState stateBefore = loaded();
    QVERIFY(m_store->save({batch(6, "1,2,3"), batch(7)}).result().isOk());
    m_store.reset();
    const QByteArray after = content();
    const ProducerState stateAfter = loaded();
    QCOMPARE(stateAfter.batches.size(), 3);
    for (qsizetype size = before.size(); size < after.size(); ++size) {
        m_store.reset();
        setContent(after.first(size) + QByteArray(zeros ? after.size() - size : 0, '\0'));
        const bool isWhole = zeros && content() == after;
        QCOMPARE(loaded(), isWhole ? stateAfter : stateBefore);
        if (size % 16 != 0)
            continue;
        QVERIFY(m_store->save({batch(6)}).result().isOk()); // goes on behind it
        QCOMPARE(loaded().batches.size(), isWhole ? 4 : 2);
    }
}

/* Each byte of all but the last record. */
void tst_FileProducerStore::damageIsTold()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    const qsizetype size = content().size();
    QVERIFY(loaded().batches.size() == 1 && m_store->save({batch(6)}).result().isOk());
    m_store.reset();
    const QByteArray whole = content();
    for (qsizetype i = 0; i < size; ++i) {
        QByteArray bytes = whole;
        bytes[i] = char(bytes[i] ^ 0x10);
        setContent(bytes);
        FileProducerStore store(m_path);
        ProducerState state;
        const StreamError error = store.load(&state);
        QVERIFY2(error.code() == Code::ParseError, qPrintable(QString::number(i)));
        QVERIFY(error.message().contains(QDir::toNativeSeparators(m_path)));
        QVERIFY(state.isEmpty());
        QCOMPARE(store.save({batch(7)}).result().code(), Code::ParseError);
    }
    m_store.reset();
}

void tst_FileProducerStore::foreignFile_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("empty") << QByteArray();
    QTest::newRow("short") << QByteArray("DSP");
    QTest::newRow("another") << QByteArray(1000, 'x');
    QTest::newRow("the magic alone") << QByteArray("DSPROD01");
}

void tst_FileProducerStore::foreignFile()
{
    QFETCH(QByteArray, bytes);
    setContent(bytes);
    ProducerState state;
    QCOMPARE(m_store->load(&state).code(), Code::ParseError);
    QCOMPARE(m_store->replace({"writer", 0, 0, {}}).code(), Code::ParseError);
    QCOMPARE(content(), bytes);
}

void tst_FileProducerStore::oneAtATime()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    FileProducerStore second(m_path);
    ProducerState state;
    QCOMPARE(second.load(&state).code(), Code::InvalidArgument);
    m_store.reset();
    QCOMPARE(second.load(&state), StreamError());
    QCOMPARE(state.id, "writer");
}

void tst_FileProducerStore::failedWriteIsMadeGood()
{
    const QString folder = m_directory->filePath(u"later"_s);
    m_path = folder + u"/producer"_s;
    m_store = std::make_unique<FileProducerStore>(m_path);
    const StreamError error = m_store->replace({"writer", 3, 5, {}});
    QCOMPARE(error.code(), Code::Busy);
    QVERIFY(error.isRetryable());
    QVERIFY(error.message().contains(QDir::toNativeSeparators(m_path)));
    QVERIFY(QDir().mkpath(folder));
    QCOMPARE(m_store->replace({"writer", 3, 5, {}}), StreamError());
    QCOMPARE(loaded().id, "writer");
}

QTEST_GUILESS_MAIN(tst_FileProducerStore)
#include "tst_fileproducerstore.moc"
