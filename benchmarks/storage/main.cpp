// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "../../tests/storage/InThread.h"

#include <DurableStreams/Collection>
#include <DurableStreams/ResumePoint>
#include <DurableStreams/Session>
#include <DurableStreams/SqliteStore>
#include <DurableStreams/StreamDb>

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

/* Of the calling thread. */
double cpuMilliseconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

double milliseconds(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

/* A row's value of some 156 bytes. */
QByteArray card(int number, int version)
{
    return R"({"id":"card-%1","title":"Card number %1, version %2","column":"doing","position":"a%1","assignee":"grace",)"
           R"("description":"What has to be done, and by whom."})"_ba.replace("%1", QByteArray::number(number))
               .replace("%2", QByteArray::number(version));
}

ChangeSetPointer commit(int rowCount, int version)
{
    const BatchPointer batch(new Batch);
    batch->offset = "0000000000000000_" + QByteArray::number(version).rightJustified(16, '0');
    auto changes = std::make_shared<ChangeSet>();
    changes->offset = batch->offset;
    changes->collections.push_back({"card", {}, 0, {}});
    for (int i = 0; i < rowCount; ++i) {
        const QByteArray key = "card-" + QByteArray::number(i);
        changes->collections.front().rows.push_back(
            {version == 1 ? RowChange::Kind::Insert : RowChange::Kind::Update,
             RowVersion::make(key, card(i, version), "2026-03-04T05:06:07.089Z", quint64(i) + 1, batch),
             {}});
    }
    return changes;
}

QByteArray resumeBehind(const ChangeSet &changes)
{
    ResumePoint point;
    point.offset = changes.offset;
    return point.toBytes();
}

Schema cardSchema()
{
    return Schema("card", "id", {"id", "title", "column", "position", "assignee", "description"});
}

struct Load
{
    double firstRows = 0;
    double allRows = 0;
    qsizetype rowCount = 0;
};

Load load(CheckpointStore *checkpoint, const QByteArray &revision)
{
    Load result;
    QElapsedTimer timer;
    QEventLoop loop;
    QObject::connect(checkpoint, &CheckpointStore::rowsRead, &loop, [&](const CheckpointRows &rows) {
        if (result.rowCount == 0)
            result.firstRows = milliseconds(timer);
        result.rowCount += rows.rows.size();
    });
    QObject::connect(checkpoint, &CheckpointStore::loaded, &loop, [&](const StreamError &error) {
        result.allRows = milliseconds(timer);
        if (!error.isOk())
            qWarning() << error;
        loop.quit();
    });
    timer.start();
    checkpoint->load({"board", revision, {cardSchema()}});
    loop.exec();
    return result;
}

/* Of a StreamDb that finds the rows on disk and no server, until a Collection has them. */
Load start(const SqliteStoreOptions &options, int rowCount)
{
    Load result;
    Session session;
    session.setStore(std::make_shared<SqliteStore>(options));
    StreamDb db(&session, u"board"_s, QUrl(u"http://127.0.0.1:9/v1/stream/board"_s));
    const Collection *cards = db.collection(cardSchema());
    QElapsedTimer timer;
    QEventLoop loop;
    QObject::connect(cards, &Collection::rowsInserted, &loop, [&] {
        if (result.rowCount == 0)
            result.firstRows = milliseconds(timer);
        result.rowCount = cards->count();
    });
    QObject::connect(&db, &StreamDb::loadedChanged, &loop, [&] {
        result.allRows = milliseconds(timer);
        loop.quit();
    });
    timer.start();
    db.preload();
    loop.exec();
    if (result.rowCount != rowCount)
        qFatal("%lld rows came", qint64(result.rowCount));
    return result;
}

void print(const char *what, double value, const char *unit = "ms")
{
    std::printf("%-64s %9.3f %s\n", what, value, unit);
}

void printLatencies(const QByteArray &what, std::vector<double> latencies)
{
    if (latencies.empty())
        return;
    std::sort(latencies.begin(), latencies.end());
    const QByteArray label = what + " (" + QByteArray::number(qsizetype(latencies.size())) + ')';
    print((label + ": median").constData(), latencies[latencies.size() / 2]);
    print((label + ": 99th of 100").constData(), latencies[latencies.size() * 99 / 100]);
    print((label + ": longest").constData(), latencies.back());
}

/* One after the other, as long as \a goesOn. */
template <typename Condition>
std::vector<double> save(OutboxStore *outbox, quint64 &sequence, Condition goesOn)
{
    std::vector<double> latencies;
    while (goesOn(latencies.size())) {
        const OutboxTransaction transaction{
            ++sequence,
            "b2c3d4e5-0000-4000-8000-000000000000",
            {{Operation::Update, "card", "card-1", {}, {{"column", JsonText::fromVariant(u"done"_s)}}}},
            QDateTime::currentDateTimeUtc()};
        QElapsedTimer timer;
        timer.start();
        const StreamError error = outbox->add(transaction).result();
        if (!error.isOk())
            qFatal("%s", qUtf8Printable(error.message()));
        latencies.push_back(milliseconds(timer));
    }
    return latencies;
}

} // namespace

/* What storage costs: a checkpoint's write and load, and saves meanwhile. */
int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption rows(u"rows"_s, u"Rows of the checkpoint."_s, u"count"_s, u"100000"_s);
    const QCommandLineOption folder(u"folder"_s, u"Where to write, by default a temporary folder."_s, u"path"_s,
                                    QDir::tempPath());
    parser.addOptions({rows, folder});
    parser.addHelpOption();
    parser.process(app);
    const int rowCount = parser.value(rows).toInt();

    const QTemporaryDir directory(parser.value(folder) + u"/bench-storage-XXXXXX"_s);
    SqliteStoreOptions options;
    options.folder = directory.path();
    options.checkpointDelay = std::chrono::hours(1);
    const SqliteStore store(options);
    std::printf("%d rows, value of row 1: %lld bytes\n", rowCount, qint64(card(1, 1).size()));

    // What a StreamDb with that collection asks for.
    const QByteArray revision = QCryptographicHash::hash(cardSchema().digest(), QCryptographicHash::Sha256);
    const InThread<OutboxStore> outbox(store.makeOutbox(u"board"_s));
    const StreamError error = outbox->load("board").result().error;
    if (!error.isOk())
        qFatal("%s", qUtf8Printable(error.message()));
    quint64 sequence = 0;
    printLatencies("outbox save, nothing else",
                   save(outbox.get(), sequence, [](std::size_t count) { return count < 500; }));
    {
        const InThread<CheckpointStore> checkpoint(store.makeCheckpoint(u"board"_s));
        load(checkpoint.get(), revision);
        for (const int version : {1, 2}) {
            const QByteArray which = version == 1 ? "new rows" : "all rows changed";
            const ChangeSetPointer changes = commit(rowCount, version);
            const double cpuBefore = cpuMilliseconds();
            QElapsedTimer timer;
            timer.start();
            checkpoint->write(changes, resumeBehind(*changes));
            const QFuture<StreamError> flushed = checkpoint->flush();
            const double cpu = cpuMilliseconds() - cpuBefore;
            const std::vector<double> latencies =
                save(outbox.get(), sequence, [&](std::size_t) { return !flushed.isFinished(); });
            if (!flushed.result().isOk())
                qFatal("%s", qUtf8Printable(flushed.result().message()));
            print(("checkpoint write, " + which).constData(), milliseconds(timer));
            print(("checkpoint write, " + which + ": calling thread").constData(), cpu);
            printLatencies("outbox save meanwhile", latencies);
        }
        const ChangeSetPointer one = commit(1, 3);
        QElapsedTimer timer;
        timer.start();
        checkpoint->write(one, resumeBehind(*one));
        checkpoint->flush().waitForFinished();
        print("checkpoint write, one row changed", milliseconds(timer));
    }
    for (int round = 0; round < 3; ++round) {
        const InThread<CheckpointStore> checkpoint(store.makeCheckpoint(u"board"_s));
        const Load result = load(checkpoint.get(), revision);
        if (result.rowCount != rowCount)
            qFatal("%lld rows came", qint64(result.rowCount));
        print("load: first rows", result.firstRows);
        print("load: all rows", result.allRows);
    }
    for (int round = 0; round < 3; ++round) {
        const Load result = start(options, rowCount);
        print("StreamDb: first rows in a Collection", result.firstRows);
        print("StreamDb: all rows in a Collection", result.allRows);
    }
    return 0;
}
