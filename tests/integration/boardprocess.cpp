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
 * `drag CARD COLUMN` presses, moves and releases the mouse; `add TITLE` types a new card into the column where the
 * keyboard is; `try` presses the banner's button; `where CARD` answers with the column that the card's item is seen in.
 * Lists end with the line `end`: `cards` is each card, its column and its title, `marks` the cards that are marked as
 * `pending` or `failed`, `words` what the status and, behind it, the banner say.
 * Told without being asked: `loaded` once there are rows, `ready` once all is up to date, `offline` and `online`,
 * `held` and `free` as changes are kept back or not, `moved CARD COLUMN` whenever the model says so, and `waiting N`
 * for changes that are not confirmed. `keep` is answered with `kept N` once all of those are on disk.
 */
class BoardProcess : public QObject
{
    Q_OBJECT

public:
    BoardProcess(QQuickWindow *window, Collection *cards)
        : m_window(window)
        , m_cards(cards)
    {
        const StreamDb *stream = cards->streamDb();
        connect(stream, &StreamDb::loadedChanged, this, [this] { say("loaded"); });
        connect(stream, &StreamDb::statusChanged, this, [this, stream] { sayOffline(stream->isOffline()); });
        connect(stream, &StreamDb::heldByChanged, this,
                [this, stream] { say(stream->heldBy().isOk() ? "free" : "held"); });
        connect(stream, &StreamDb::pendingCountChanged, this,
                [this, stream] { say("waiting " + QString::number(stream->pendingCount())); });
        for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
            connect(stream->transactions(), signal, this, [this] { sayKept(); });
        connect(stream->transactions(), &QAbstractItemModel::dataChanged, this, [this] { sayKept(); });
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
        else if (words[0] == "add")
            add(line.section(' ', 1));
        else if (words[0] == "try")
            tryNow();
        else if (words[0] == "keep") {
            m_keeps = true;
            sayKept();
        } else if (words[0] == "where")
            say("seen " + words[1] + ' ' + whereIsSeen(words[1]));
        else if (words[0] == "cards") {
            for (const QString &key : m_cards->keys())
                say("cards " + key + ' ' + columnOf(key) + ' ' + field(key, "title"));
            say("end");
        } else if (words[0] == "marks") {
            for (const QString &key : m_cards->keys())
                sayMark(key);
            say("end");
        } else if (words[0] == "words") {
            say("words " + item("statusPill")->property("words").toString());
            say("words " + item("banner")->property("text").toString());
            say("end");
        }
    }

private:
    QString field(const QString &key, const QString &name) const
    {
        return m_cards->get(key).toMap().value(name).toString();
    }
    QString columnOf(const QString &key) const { return field(key, "column"); }

    void sayOffline(bool isOffline)
    {
        if (std::exchange(m_isOffline, isOffline) != isOffline)
            say(isOffline ? "offline" : "online");
    }

    void sayKept()
    {
        if (!m_keeps)
            return;
        const TransactionModel *changes = m_cards->streamDb()->transactions();
        for (int row = 0; row < changes->count(); ++row) {
            if (changes->index(row).data(TransactionModel::StateRole).toInt() == int(Transaction::State::Pending))
                return;
        }
        m_keeps = false;
        say("kept " + QString::number(changes->count()));
    }

    void sayMark(const QString &key)
    {
        const QQuickItem *face = item("face-" + key);
        for (const char *mark : {"pending", "failed"}) {
            if (face && face->property(mark).toBool())
                say("marks " + key + ' ' + mark);
        }
    }

    // All below it moves while it opens or closes.
    bool waitForBanner() const
    {
        const QQuickItem *banner = item("banner");
        return QTest::qWaitFor([banner] {
            const bool isShown = banner->property("shown").toBool();
            return banner->height() == (isShown ? banner->property("fullHeight").toReal() : 0);
        });
    }

    // One that glides may lie over another.
    bool waitForCards() const
    {
        return QTest::qWaitFor([this] {
            const QStringList keys = m_cards->keys();
            return std::none_of(keys.begin(), keys.end(), [this](const QString &key) {
                const QQuickItem *card = item("card-" + key);
                return !card || card->property("remaining").toReal() > 0;
            });
        });
    }

    void tryNow()
    {
        if (waitForBanner())
            QTest::mouseClick(m_window, Qt::LeftButton, {}, centre(item("bannerAction")));
    }

    void add(const QString &title)
    {
        QTest::keyClick(m_window, Qt::Key_N);
        for (const QChar character : title)
            QTest::keyClick(m_window, character.toLatin1());
        QTest::keyClick(m_window, Qt::Key_Return);
        QTest::keyClick(m_window, Qt::Key_Escape);
        say("added");
    }

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
        if (!waitForBanner() || !waitForCards())
            return;
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
    bool m_isOffline = false;
    bool m_keeps = false; // and has to say so
};

int main(int argc, char *argv[])
{
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    QGuiApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.size() != 6)
        qFatal("usage: boardprocess URL NAME WRITES_SAMPLE LIVE_MODE STORAGE_FOLDER");

    QQmlApplicationEngine engine;
    engine.addImportPath("qrc:/");
    engine.addImportPath(DURABLE_STREAMS_QML);
    // All fits in, so that nothing scrolls.
    engine.setInitialProperties({{"url", QUrl()},
                                 {"token", ""},
                                 {"userName", arguments[2]},
                                 {"theme", "light"},
                                 {"writesSample", arguments[3] == "true"},
                                 {"storageFolder", arguments[5]},
                                 {"still", false},
                                 {"width", 1700},
                                 {"height", 1600}});
    engine.load(QUrl("qrc:/Kanban/Main.qml"));
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().value(0));
    if (!window)
        qFatal("the board did not load");
    const QList<StreamDb *> streams = window->findChildren<StreamDb *>();
    for (StreamDb *stream : streams)
        stream->setLiveMode(StreamDb::LiveMode(arguments[4].toInt()));
    const QList<Collection *> collections = window->findChildren<Collection *>();
    const auto cards = std::find_if(collections.begin(), collections.end(),
                                    [](const Collection *collection) { return collection->type() == "card"; });
    if (cards == collections.end())
        qFatal("the board has no collection of cards");
    BoardProcess process(window, *cards);
    window->setProperty("url", QUrl(arguments[1]));
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
