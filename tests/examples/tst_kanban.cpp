// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleTest.h"

#include <QProcess>
#include <QTcpServer>
#include <QTest>

/*! examples/kanban: the program as a whole; tests/kanban has the board in it. */
class tst_Kanban : public ExampleTest
{
    Q_OBJECT

public:
    tst_Kanban()
        : ExampleTest("board")
    {
    }

private Q_SLOTS:
    void sharedWithAToken();
    void portInUse();

private:
    void checkPicture(const QImage &picture) const override;
    QList<QStringList> moreWrongOptions() const override { return {{"--name", " "}}; }
};

void tst_Kanban::sharedWithAToken()
{
    QProcess first;
    first.start(PROGRAM, {"--data", filePath("own"), "--port", "0", "--share"});
    QVERIFY(first.waitForReadyRead());
    QUrl shared(QString::fromUtf8(first.readLine().trimmed().split(' ').last()));
    QVERIFY2(shared.fragment().startsWith("token="), qPrintable(shared.toString()));
    shared.setHost("127.0.0.1");
    QCOMPARE(run({"--url", shared.toString(), "--screenshot", filePath("second.png")}).exitCode, 0);
    shared.setFragment({});
    const Outcome stranger = run({"--url", shared.toString(), "--screenshot", filePath("third.png")});
    QCOMPARE(stranger.exitCode, 1);
    QVERIFY2(stranger.errors.startsWith("kanban: No picture was taken"), stranger.errors.constData());
    first.terminate();
    QTRY_COMPARE_WITH_TIMEOUT(first.state(), QProcess::NotRunning, 30000);
}

void tst_Kanban::portInUse()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const Outcome outcome =
        run({"--data", filePath("own"), "--port", QString::number(other.serverPort()), "--screenshot", "never.png"});
    QCOMPARE(outcome.exitCode, 1);
    QVERIFY2(outcome.errors.startsWith("kanban: "), outcome.errors.constData());
}

void tst_Kanban::checkPicture(const QImage &picture) const
{
    int colourful = 0; // the columns' dots, labels and faces
    for (int y = 0; y < picture.height(); ++y) {
        for (int x = 0; x < picture.width(); ++x)
            colourful += picture.pixelColor(x, y).hslSaturation() > 100;
    }
    QVERIFY2(colourful > 1000, qPrintable(QString::number(colourful)));
}

QTEST_MAIN(tst_Kanban)

#include "tst_kanban.moc"
