// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QCoreApplication>
#include <QDebug>

using namespace DurableStreams;

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    StreamNetwork network;
    StreamReader reader(&network);
    reader.setEndpoint(StreamEndpoint(QUrl(app.arguments().value(1))));
    QObject::connect(&reader, &StreamReader::chunkReady, [&reader] {
        const StreamChunk chunk = reader.takeChunk();
        for (qsizetype i = 0; i < chunk.elementCount(); ++i)
            qInfo().noquote() << chunk.element(i);
    });
    QObject::connect(&reader, &StreamReader::finished, [](const StreamError &error) {
        if (!error.isOk())
            qCritical().noquote() << error.message();
        QCoreApplication::exit(error.isOk() ? 0 : 1);
    });
    reader.start();
    return QCoreApplication::exec();
}
