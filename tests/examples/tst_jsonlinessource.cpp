// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "JsonLinesSource.h"

#include <DurableStreams/Collection>
#include <DurableStreams/StreamDb>
#include <DurableStreams/Transaction>

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <memory>

using namespace DurableStreams;

/*! A StreamDb whose stream is a file. */
class tst_JsonLinesSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void loadsAndFollows();
    void unfinishedLineWaits();
    void emptyFile();
    void badLineIsSetAside();
    void missingFile();
    void cutFile();
    void replacedFile();
    void rewrittenFile();
    void writesAreRefused();
    void inAThreadOfItsOwn();
    void closedReadsNoMore();

private:
    void write(const QByteArray &text, QIODevice::OpenMode mode = QIODevice::Append);
    QStringList titles() const;

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_fileName;
    std::unique_ptr<JsonLinesSource> m_source;
    std::unique_ptr<StreamDb> m_db;
    Collection *m_cards = nullptr;
};

namespace {

QByteArray line(const QByteArray &key, const QByteArray &title)
{
    return "{\"type\":\"card\",\"key\":\"" + key + "\",\"value\":{\"title\":\"" + title
        + "\"},\"headers\":{\"operation\":\"upsert\"}}\n";
}

} // namespace

void tst_JsonLinesSource::init()
{
    m_db.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    m_fileName = m_directory->filePath("cards.jsonl");
    m_source = std::make_unique<JsonLinesSource>(m_fileName);
    m_db = std::make_unique<StreamDb>();
    m_cards = m_db->collection(Schema("card", "id", {"id", "title"}));
    new QAbstractItemModelTester(m_cards, m_cards);
    m_db->setSource(m_source.get());
}

void tst_JsonLinesSource::write(const QByteArray &text, QIODevice::OpenMode mode)
{
    QFile file(m_fileName);
    QVERIFY2(file.open(QIODevice::WriteOnly | mode), qPrintable(file.errorString()));
    QCOMPARE(file.write(text), text.size());
}

QStringList tst_JsonLinesSource::titles() const
{
    QStringList titles;
    for (const QString &key : m_cards->keys())
        titles.append(key + '=' + m_cards->get(key).toMap().value("title").toString());
    return titles;
}

void tst_JsonLinesSource::loadsAndFollows()
{
    write(line("a", "one") + line("b", "two"));
    m_db->preload();
    QTRY_VERIFY(m_db->isUpToDate());
    QCOMPARE(titles(), QStringList({"a=one", "b=two"}));
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Live);
    QCOMPARE(m_db->offset(), QString::number(QFile(m_fileName).size()));

    write(line("c", "three"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two", "c=three"}));
    write("\n\r\n" + line("a", "four").replace("\n", "\r\n"));
    QTRY_COMPARE(titles(), QStringList({"a=four", "b=two", "c=three"}));
    QCOMPARE(m_db->quarantinedCount(), 0);
}

void tst_JsonLinesSource::unfinishedLineWaits()
{
    const QByteArray second = line("b", "two");
    write(line("a", "one") + second.first(20));
    m_db->preload();
    QTRY_VERIFY(m_db->isUpToDate());
    QCOMPARE(titles(), QStringList{"a=one"});
    write(second.sliced(20));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two"}));
}

void tst_JsonLinesSource::emptyFile()
{
    write({});
    m_db->preload();
    QTRY_VERIFY(m_db->isUpToDate());
    QCOMPARE(m_cards->rowCount(), 0);
    write(line("a", "one"));
    QTRY_COMPARE(titles(), QStringList{"a=one"});
}

void tst_JsonLinesSource::badLineIsSetAside()
{
    write("{\"type\":\"card\"}\n12\n" + line("a", "one"));
    m_db->preload();
    QTRY_COMPARE(titles(), QStringList{"a=one"});
    QCOMPARE(m_db->quarantinedCount(), 2);
}

void tst_JsonLinesSource::missingFile()
{
    const QFuture<StreamError> loaded = m_db->preload();
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Failed);
    QTRY_VERIFY(loaded.isFinished());
    QCOMPARE(loaded.result().code(), StreamError::Code::NotFound);
    QVERIFY2(m_db->errorString().contains(m_fileName), qPrintable(m_db->errorString()));

    write(line("a", "one"));
    m_db->reconnect();
    QTRY_COMPARE(titles(), QStringList{"a=one"});
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Live);
}

void tst_JsonLinesSource::cutFile()
{
    write(line("a", "one") + line("b", "two"));
    m_db->preload();
    QTRY_COMPARE(m_cards->rowCount(), 2);
    write(line("a", "six"), QIODevice::Truncate);
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Failed);
    QCOMPARE(m_cards->rowCount(), 2);
    m_db->reconnect();
    QTRY_COMPARE(titles(), QStringList{"a=six"});
}

void tst_JsonLinesSource::replacedFile()
{
    write(line("a", "one"));
    m_db->preload();
    QTRY_COMPARE(titles(), QStringList{"a=one"});
    QVERIFY(QFile::remove(m_fileName));
    write(line("b", "2"));
    QTRY_COMPARE(m_db->status(), StreamDb::Status::Failed);
    m_db->reconnect();
    QTRY_COMPARE(titles(), QStringList{"b=2"});
    write(line("c", "three"));
    QTRY_COMPARE(titles(), QStringList({"b=2", "c=three"}));
}

// As editors do: another file of that name, which begins as the old one did.
void tst_JsonLinesSource::rewrittenFile()
{
    write(line("a", "one"));
    m_db->preload();
    QTRY_COMPARE(titles(), QStringList{"a=one"});
    QVERIFY(QFile::remove(m_fileName));
    write(line("a", "one") + line("b", "two"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two"}));
    write(line("c", "three"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two", "c=three"}));
}

void tst_JsonLinesSource::writesAreRefused()
{
    write(line("a", "one"));
    m_db->preload();
    QTRY_VERIFY(m_db->isUpToDate());
    QSignalSpy failed(m_db.get(), &StreamDb::transactionFailed);
    m_cards->update("a", {{"title", "mine"}});
    QCOMPARE(titles(), QStringList{"a=mine"});
    QVERIFY(failed.wait());
    QCOMPARE(titles(), QStringList{"a=one"});
}

void tst_JsonLinesSource::inAThreadOfItsOwn()
{
    write(line("a", "one"));
    QThread thread;
    thread.start();
    auto *source = new JsonLinesSource(m_fileName);
    source->moveToThread(&thread);
    connect(&thread, &QThread::finished, source, &QObject::deleteLater);
    m_db->setSource(source);
    m_db->preload();
    QTRY_COMPARE(titles(), QStringList{"a=one"});
    write(line("b", "two"));
    QTRY_COMPARE(titles(), QStringList({"a=one", "b=two"}));
    m_db.reset();
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_JsonLinesSource::closedReadsNoMore()
{
    write(line("a", "one"));
    m_db->preload();
    QTRY_VERIFY(m_db->isUpToDate());
    m_db.reset();
    QSignalSpy positions(m_source.get(), &StreamSource::positionReached);
    JsonLinesSource other(m_fileName);
    QSignalSpy otherPositions(&other, &StreamSource::positionReached);
    other.open("-1", false);
    QVERIFY(otherPositions.wait());
    write(line("b", "two"));
    QVERIFY(otherPositions.wait());
    QCOMPARE(positions.size(), 0);
}

QTEST_GUILESS_MAIN(tst_JsonLinesSource)
#include "tst_jsonlinessource.moc"
