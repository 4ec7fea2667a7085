// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleTest.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

using namespace DurableStreams;

namespace {

QByteArray allCode()
{
    QByteArray code;
    const QDir directory(EXAMPLE_DIRECTORY);
    for (const QString &name : directory.entryList({"*.qml", "*.cpp", "*.h"})) {
        QFile file(directory.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            code += file.readAll();
    }
    return code;
}

QByteArray programName()
{
    return QFileInfo(PROGRAM).completeBaseName().toUtf8();
}

} // namespace

ExampleTest::ExampleTest(const QString &stream)
    : m_stream(stream)
{
}

ExampleTest::Outcome ExampleTest::run(const QStringList &arguments) const
{
    QProcess program;
    program.start(PROGRAM, arguments);
    if (!program.waitForFinished(30000))
        return {-1, program.readAllStandardOutput(), program.readAllStandardError()};
    return {program.exitCode(), program.readAllStandardOutput(), program.readAllStandardError()};
}

QByteArray ExampleTest::lineNotInCode()
{
    QFile guide(GUIDE_FILE);
    if (!guide.open(QIODevice::ReadOnly))
        return "The guide cannot be read";
    const QByteArray code = allCode();
    bool isCode = false;
    int shown = 0;
    for (QByteArray line = guide.readLine(); !line.isEmpty(); line = guide.readLine()) {
        if (line.startsWith("```")) {
            isCode = line.trimmed() == "```qml" || line.trimmed() == "```cpp";
        } else if (isCode) {
            ++shown;
            if (!code.contains(line.trimmed()))
                return line;
        }
    }
    return shown > 10 ? QByteArray() : "The guide shows no code";
}

void ExampleTest::initTestCase()
{
    qputenv("XDG_RUNTIME_DIR", m_runtimeDirectory.path().toLocal8Bit());
}

void ExampleTest::init()
{
    m_server.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    serve();
}

void ExampleTest::serve(quint16 port)
{
    ServerOptions options;
    options.dataDirectory = filePath("streams");
    options.port = port;
    m_server = std::make_unique<Server>(options);
    QVERIFY2(m_server->listen(), qPrintable(m_server->errorString()));
    m_url = QUrl(m_server->url().toString() + '/' + m_stream);
}

void ExampleTest::picture_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QString>("theme");

    QTest::newRow("phone, light") << QSize(390, 844) << "light";
    QTest::newRow("phone, dark") << QSize(390, 844) << "dark";
    QTest::newRow("desktop, light") << QSize(1400, 900) << "light";
    QTest::newRow("desktop, dark") << QSize(1400, 900) << "dark";
}

void ExampleTest::picture()
{
    QFETCH(QSize, size);
    QFETCH(QString, theme);
    const QString file = filePath("picture.png");
    const Outcome outcome = run({"--data", filePath("own"), "--port", "0", "--screenshot", file, "--theme", theme,
                                 "--size", QString("%1x%2").arg(size.width()).arg(size.height())});
    QCOMPARE(outcome.errors, "");
    QCOMPARE(outcome.exitCode, 0);
    const QImage picture(file);
    QCOMPARE(picture.size(), size);
    QCOMPARE(picture.pixelColor(4, 4).lightness() < 128, theme == "dark");
    checkPicture(picture);
}

/* The data folder is in use by the first: the second finds its server. */
void ExampleTest::secondWindowJoins()
{
    const QStringList data = {"--data", filePath("own"), "--port", "0"};
    QProcess first;
    first.start(PROGRAM, data);
    QVERIFY(first.waitForReadyRead());
    const QByteArray news = first.readLine();
    QVERIFY2(news.startsWith("Join with: " + programName() + " --url http://127.0.0.1:"), news.constData());
    const Outcome second = run(data + QStringList{"--screenshot", filePath("second.png")});
    QCOMPARE(second.exitCode, 0);
    QVERIFY2(second.output.startsWith(news), second.output.constData());
    const QString itsUrl = QString::fromUtf8(news.trimmed().split(' ').last());
    QCOMPARE(run({"--url", itsUrl, "--screenshot", filePath("third.png")}).exitCode, 0);
    first.terminate();
    QTRY_COMPARE_WITH_TIMEOUT(first.state(), QProcess::NotRunning, 30000);
    QCOMPARE(first.exitCode(), 0);
}

void ExampleTest::wrongOptions_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");

    const QString aStream = "http://127.0.0.1:4437/v1/stream/a";
    QTest::newRow("no URL") << QStringList{"--url", "shop"} << 2;
    QTest::newRow("no stream") << QStringList{"--url", "http://127.0.0.1:4437"} << 2;
    QTest::newRow("URL and data") << QStringList{"--url", aStream, "--data", "b"} << 2;
    QTest::newRow("URL and port") << QStringList{"--url", aStream, "--port", "0"} << 2;
    QTest::newRow("URL and share") << QStringList{"--url", aStream, "--share"} << 2;
    QTest::newRow("port") << QStringList{"--port", "65536"} << 2;
    QTest::newRow("theme") << QStringList{"--theme", "pink"} << 2;
    QTest::newRow("size") << QStringList{"--size", "10x10"} << 2;
    QTest::newRow("no folder") << QStringList{"--screenshot", "/nowhere/a.png"} << 2;
    QTest::newRow("unknown") << QStringList{"--nothing"} << 2;
    QTest::newRow("left over") << QStringList{"shop"} << 2;
    const QList<QStringList> more = moreWrongOptions();
    for (const QStringList &arguments : more)
        QTest::newRow(qPrintable(arguments.join(' '))) << arguments << 2;
    QTest::newRow("data that is no folder")
        << QStringList{"--data", PROGRAM, "--screenshot", QDir::tempPath() + "/never.png"} << 1;
}

void ExampleTest::wrongOptions()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.exitCode, exitCode);
    QVERIFY2(outcome.errors.startsWith(programName() + ": "), outcome.errors.constData());
}
