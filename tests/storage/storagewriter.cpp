// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Commit.h"
#include "Loaded.h"

#include <DurableStreams/SqliteStore>

#include <QCoreApplication>
#include <QTextStream>

#include <cstdio>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

/* One line, gone from this process when it returns. */
void say(const char *what, quint64 number)
{
    std::printf("%s %llu\n", what, static_cast<unsigned long long>(number));
    std::fflush(stdout);
}

bool isOk(const StreamError &error)
{
    if (!error.isOk())
        qWarning() << error;
    return error.isOk();
}

/* Commit \a number: rows that all commits change, and a row of its own. */
Commit commit(quint64 number)
{
    Commit commit(QByteArray::number(number));
    for (quint64 i = 0; i < 10; ++i)
        commit.set("card", QByteArray::number(i), QByteArray::number(number), i);
    commit.set("log", QByteArray::number(number), "{}", number);
    return commit;
}

ProducerBatch batch(qint64 epoch, qint64 sequence, quint64 transaction)
{
    return {epoch, sequence, "application/json", QByteArray::number(transaction), {{transaction, 1}}, false};
}

} // namespace

/*
 * Saves transactions, batches and checkpoints until it is killed, and says what it begins and what it was told is done.
 * Arguments: the folder; the sequence of the first transaction.
 */
int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    SqliteStoreOptions options;
    options.folder = app.arguments().at(1);
    options.checkpointDelay = std::chrono::milliseconds(2);
    const SqliteStore store(options);
    const InThread<OutboxStore> outbox(store.makeOutbox(u"board"_s));
    const InThread<CheckpointStore> checkpoint(store.makeCheckpoint(u"board"_s));

    const Loaded loaded = Loaded::from(checkpoint.get(), {"board", "1", {}});
    const OutboxContent content = outbox->load("board").result();
    if (!isOk(loaded.error) || !isOk(content.error))
        return 1;
    QObject::connect(checkpoint.get(), &CheckpointStore::written, &app,
                     [](const QByteArray &offset) { say("written", offset.toULongLong()); });
    QObject::connect(checkpoint.get(), &CheckpointStore::failed, &app, [](const StreamError &error) { isOk(error); });
    ProducerState producer = content.producer;
    if (producer.isEmpty())
        producer = {"writer", 1, 0, {}};
    if (!isOk(outbox->setProducer(producer).result()))
        return 1;
    say("ready", 0);

    quint64 offset = loaded.head.offset.toULongLong();
    quint64 sequence = app.arguments().at(2).toULongLong();
    for (;; ++sequence) {
        checkpoint->write(commit(++offset).changes(), {});
        say("adding", sequence);
        const OutboxTransaction transaction{
            sequence,
            QByteArray::number(sequence),
            {{Operation::Upsert, "card", "a", JsonText::fromVariant(sequence), {}},
             {Operation::Update, "card", "b", {}, {{"n", JsonText::fromVariant(sequence)}}}},
            {}};
        if (!isOk(outbox->add(transaction).result()))
            return 1;
        say("saved", sequence);
        if (!isOk(outbox->freeze({batch(1, producer.nextSequence, sequence)}).result()))
            return 1;
        say("frozen", quint64(producer.nextSequence));
        if (sequence % 2 == 0) {
            say("answering", quint64(producer.nextSequence));
            if (!isOk(outbox->answer(1, producer.nextSequence, "9").result()))
                return 1;
            say("answered", sequence);
            say("removing", sequence);
            if (!isOk(outbox->remove({sequence}).result()))
                return 1;
        }
        ++producer.nextSequence;
        QCoreApplication::processEvents();
    }
}
