// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Collection>
#include <DurableStreams/StreamDb>

#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSocketNotifier>
#include <QTextStream>
#include <QtQml/qqmlextensionplugin.h>
#include <QtTest>

Q_IMPORT_QML_PLUGIN(KanbanPlugin)

using namespace DurableStreams;

/*!
 * The board as a process that a test works with over standard input and output, a line each way:
 * `drag CARD COLUMN` presses, moves and releases the mouse; `where CARD` answers with the column that the card's item
 * is seen in; `cards` lists each card and its column. `ready` comes first, and `moved CARD COLUMN` whenever the model
 * says so.
 */
class BoardProcess : public QObject
{
    Q_OBJECT

public:
    BoardProcess(QQuickWindow *window, Collection *cards)
        : m_window(window)
        , m_cards(cards)
    {
        connect(cards, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                    if (!roles.contains(m_cards->roleOf("column")))
                        return;
                    for (int row = first.row(); row <= last.row(); ++row)
                        say("moved " + m_cards->keyAt(row) + ' ' + columnOf(m_cards->keyAt(row)));
                });
    }

    void say(const QString &line) { QTextStream(stdout) << line << Qt::endl; }

    void obey(const QString &line)
    {
        const QStringList words = line.split(' ');
        if (words[0] == "drag")
            drag(item("card-" + words[1]), item("column-" + words[2]));
        else if (words[0] == "where")
            say("seen " + words[1] + ' ' + whereIsSeen(words[1]));
        else if (words[0] == "cards") {
            for (const QString &key : m_cards->keys())
                say("card " + key + ' ' + columnOf(key));
            say("end");
        }
    }

private:
    QString columnOf(const QString &key) const { return m_cards->get(key).toMap().value("column").toString(); }

    QQuickItem *item(const QString &name) const
    {
        return find(m_window->contentItem(), [&](const QQuickItem *item) { return item->objectName() == name; });
    }

    template <typename Predicate>
    static QQuickItem *find(QQuickItem *root, Predicate predicate)
    {
        if (predicate(root))
            return root;
        const QList<QQuickItem *> children = root->childItems();
        for (QQuickItem *child : children) {
            if (QQuickItem *found = find(child, predicate))
                return found;
        }
        return nullptr;
    }

    static QPoint centre(const QQuickItem *item)
    {
        return item->mapToScene({item->width() / 2, qMin(item->height() / 2, 40.0)}).toPoint();
    }

    void drag(QQuickItem *card, QQuickItem *column)
    {
        const QPoint from = centre(card);
        const QPoint to = column->mapToScene({column->width() / 2, 120}).toPoint();
        QTest::mouseMove(m_window, from);
        QTest::mousePress(m_window, Qt::LeftButton, {}, from);
        for (int step = 1; step <= 10; ++step)
            QTest::mouseMove(m_window, from + (to - from) * step / 10, 10);
        QTest::mouseRelease(m_window, Qt::LeftButton, {}, to);
        say("dragged");
    }

    QString whereIsSeen(const QString &key) const
    {
        const QQuickItem *card = item("card-" + key);
        if (!card)
            return "nowhere";
        const QPointF point = card->mapToScene({card->width() / 2, card->height() / 2});
        const QQuickItem *column = find(m_window->contentItem(), [&](const QQuickItem *candidate) {
            return candidate->objectName().startsWith("column-") && candidate->contains(candidate->mapFromScene(point));
        });
        return column ? column->objectName().mid(int(strlen("column-"))) : "nowhere";
    }

    QQuickWindow *m_window;
    Collection *m_cards;
};

int main(int argc, char *argv[])
{
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    QGuiApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.size() != 5)
        qFatal("usage: boardprocess URL NAME WRITES_SAMPLE LIVE_MODE");

    QQmlApplicationEngine engine;
    engine.addImportPath("qrc:/");
    engine.addImportPath(DURABLE_STREAMS_QML);
    engine.setInitialProperties({{"url", QUrl()},
                                 {"token", ""},
                                 {"userName", arguments[2]},
                                 {"theme", "light"},
                                 {"writesSample", arguments[3] == "true"},
                                 {"storageFolder", QString()},
                                 {"still", false},
                                 {"width", 1400},
                                 {"height", 860}});
    engine.load(QUrl("qrc:/Kanban/Main.qml"));
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().value(0));
    if (!window)
        qFatal("the board did not load");
    const QList<StreamDb *> streams = window->findChildren<StreamDb *>();
    for (StreamDb *stream : streams)
        stream->setLiveMode(StreamDb::LiveMode(arguments[4].toInt()));
    window->setProperty("url", QUrl(arguments[1]));

    const QList<Collection *> collections = window->findChildren<Collection *>();
    const auto cards = std::find_if(collections.begin(), collections.end(),
                                    [](const Collection *collection) { return collection->type() == "card"; });
    if (cards == collections.end())
        qFatal("the board has no collection of cards");
    BoardProcess process(window, *cards);
    QSocketNotifier input(fileno(stdin), QSocketNotifier::Read);
    QTextStream in(stdin);
    QObject::connect(&input, &QSocketNotifier::activated, &process, [&] {
        const QString line = in.readLine();
        if (line.isNull())
            QCoreApplication::exit();
        else
            process.obey(line);
    });
    QTimer ready;
    ready.callOnTimeout(&process, [&] {
        if (window->property("upToDate").toBool() && (*cards)->count() > 0) {
            ready.stop();
            process.say("ready");
        }
    });
    ready.start(20);
    return QGuiApplication::exec();
}

#include "boardprocess.moc"
