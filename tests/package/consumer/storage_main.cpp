// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/SqliteStore>

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTimer>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTimer::singleShot(std::chrono::seconds(20), [] { qFatal("the outbox did not open within 20 seconds"); });

    QTemporaryDir directory;
    SqliteStoreOptions options;
    options.folder = directory.path();
    const SqliteStore store(options);
    const std::unique_ptr<OutboxStore> outbox = store.makeOutbox(u"board"_s);
    outbox->load("board").then(&app, [&app](const OutboxContent &content) { app.exit(content.error.isOk() ? 0 : 1); });
    return app.exec();
}
