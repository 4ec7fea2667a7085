// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>
#include <DurableStreams/Server>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/StreamNetwork>
#include <DurableStreams/StreamReader>

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTimer>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

struct Card
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString title MEMBER title)
public:
    QString id;
    QString title;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QTimer::singleShot(std::chrono::seconds(20), [] { qFatal("the card was not confirmed within 20 seconds"); });

    QTemporaryDir directory;
    ServerOptions options;
    options.dataDirectory = directory.path();
    options.port = 0;
    Server server(options);
    if (!server.listen())
        qFatal("%s", qUtf8Printable(server.errorString()));

    Session session;
    StreamDb db(&session, u"board"_s, QUrl(server.url().toString() + u"/board"_s));
    Collection *cards = db.collection<Card>(u"card"_s);
    db.preload();
    StreamNetwork network;
    StreamReader reader(&network);
    reader.setEndpoint(StreamEndpoint(db.url()));
    reader.setMode(StreamReader::Mode::CatchUp);
    QObject::connect(&reader, &StreamReader::chunkReady, &app, [&] {
        if (reader.takeChunk().elementCount() == 1)
            app.exit(0);
    });
    Transaction *transaction = cards->insert(Card{u"card-1"_s, u"From an outside project"_s});
    QObject::connect(transaction, &Transaction::finished, &app, [&] {
        const bool confirmed = transaction->state() == Transaction::State::Confirmed;
        if (!confirmed || cards->get<Card>(u"card-1"_s)->title != u"From an outside project")
            app.exit(1);
        else
            reader.start();
    });
    return app.exec();
}

#include "main.moc"
