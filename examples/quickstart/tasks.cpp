// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <QtWidgets>

using namespace DurableStreams;

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    const QUrl url(app.arguments().value(1, "http://127.0.0.1:4437/v1/stream/tasks"));
    Session session;
    StreamDb db(&session, "tasks", url);
    Collection *tasks = db.collection(Schema("task", "id", {"id", "title", "done"})); // a QAbstractListModel
    db.preload();

    QListView view;
    view.setModel(tasks);
    view.show();
    tasks->insert(
        QVariantMap{{"id", tasks->newKey()}, {"title", "Water the plants"}, {"done", false}}); // shows at once
    return app.exec();
}
