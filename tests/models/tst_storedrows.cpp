// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StoredBoard.h"

#include <QtTest>

using namespace DurableStreams;

/*! StreamDbs that start from what they stored. */
class tst_StoredRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showWithoutAServer();
    void areReadOnFrom();
};

void tst_StoredRows::showWithoutAServer()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
    }
    board.stopServer();
    BoardApp app(board);
    const QFuture<StreamError> preloaded = app.db.preload();
    QVERIFY(!app.db.isLoaded());
    QTRY_VERIFY(app.db.isLoaded());
    QCOMPARE(app.rows(), (QStringList{"a=A", "b=B"}));
    QVERIFY(app.cards->isLoaded());
    QVERIFY(!app.db.isUpToDate());
    QVERIFY(preloaded.isFinished() && preloaded.result().isOk());
    QTRY_COMPARE(app.db.status(), StreamDb::Status::WaitingToRetry);
    QVERIFY(!app.db.isUpToDate());
    QCOMPARE(app.cards->count(), 2);
}

void tst_StoredRows::areReadOnFrom()
{
    StoredBoard board;
    QVERIFY(board.create());
    QVERIFY(board.append({card("a", "A"), card("b", "B")}));
    QString first;
    {
        BoardApp app(board);
        app.db.preload();
        QTRY_VERIFY(app.db.isUpToDate());
        first = app.db.offset();
        QVERIFY(board.append({card("c", "C")}));
        QTRY_COMPARE(app.cards->count(), 3);
    }
    QVERIFY(board.append({card("b", "B2"), removal("a"), card("d", "D")}));
    board.requests.clear();
    BoardApp app(board);
    QSignalSpy inserted(app.cards, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(app.cards, &QAbstractItemModel::rowsRemoved);
    QSignalSpy committed(&app.db, &StreamDb::committed);
    app.db.preload();
    QTRY_VERIFY(app.db.isUpToDate());
    QCOMPARE(app.rows(), (QStringList{"b=B2", "c=C", "d=D"}));
    QCOMPARE(inserted.size(), 2);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(committed.size(), 2);
    QCOMPARE(board.offsets(), QByteArrayList{first.toUtf8()});
    QCOMPARE(app.errors, {});
}

QTEST_GUILESS_MAIN(tst_StoredRows)
#include "tst_storedrows.moc"
