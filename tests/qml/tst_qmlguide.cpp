// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <QFile>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QTest>

#include <memory>

/*! The QML of docs/qml.md, all blocks as one file. */
class tst_QmlGuide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocksMakeOneFile();
};

namespace {

QByteArray blocksOf(const QString &guideFile)
{
    QFile guide(guideFile);
    if (!guide.open(QIODevice::ReadOnly))
        return {};
    QByteArray blocks;
    bool isCode = false;
    for (QByteArray line = guide.readLine(); !line.isEmpty(); line = guide.readLine()) {
        if (line.startsWith("```"))
            isCode = line.trimmed() == "```qml";
        else if (isCode)
            blocks += line;
    }
    return blocks;
}

} // namespace

void tst_QmlGuide::blocksMakeOneFile()
{
    const QByteArray blocks = blocksOf(GUIDE_FILE);
    QVERIFY(blocks.size() > 1000);
    QQmlEngine engine;
    QQmlComponent component(&engine);
    component.setData("import QtQuick\nimport QtQuick.Controls\nimport DurableStreams\nItem {\n" + blocks + "}\n", {});
    QVERIFY2(component.isReady(), qPrintable(component.errorString()));
    QTest::failOnWarning(QRegularExpression(".*"));
    const std::unique_ptr<QObject> root(component.create());
    QVERIFY2(root, qPrintable(component.errorString()));
    QVERIFY(QMetaObject::invokeMethod(root.get(), "add", Q_ARG(QString, "Water the plants")));
    QVERIFY(QMetaObject::invokeMethod(root.get(), "finishAll"));
    QVERIFY(QMetaObject::invokeMethod(root.get(), "order", Q_ARG(QString, "t-1")));
}

QTEST_MAIN(tst_QmlGuide)

#include "tst_qmlguide.moc"
