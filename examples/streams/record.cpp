// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/FileProducerStore>
#include <DurableStreams/Producer>
#include <DurableStreams/StreamNetwork>

#include <QCoreApplication>
#include <QDebug>
#include <QTextStream>

using namespace DurableStreams;

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    StreamNetwork network;
    Producer producer(&network);
    producer.setEndpoint(StreamEndpoint(QUrl(app.arguments().value(1))));
    FileProducerStore store(app.arguments().value(2, "record.outbox"));
    ProducerState unsent; // what a run before this one did not bring to the stream
    StreamError problem = store.load(&unsent);
    if (problem.isOk())
        problem = producer.restore(unsent);
    if (!problem.isOk())
        qFatal("%s", qPrintable(problem.message()));
    producer.setStore(&store);
    QTextStream lines(stdin);
    QString line; // a JSON text
    for (quint64 number = 1; lines.readLineInto(&line); ++number)
        producer.append(number, line.toUtf8());
    QObject::connect(&producer, &Producer::flushed, [](const StreamError &error) {
        qInfo().noquote() << (error.isOk() ? QStringLiteral("All of it is in the stream.") : error.message());
        QCoreApplication::exit(error.isOk() ? 0 : 1);
    });
    producer.flush();
    return QCoreApplication::exec();
}
