// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "AdapterCases.h"

#include "../integration/TestServer.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>
#include <QUuid>

#include <algorithm>
#include <map>
#include <memory>

namespace {

constexpr int AnswerLimit = 30'000; // milliseconds

} // namespace

Q_DECLARE_METATYPE(TestServer::Kind)

class tst_Adapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup();
    void cleanupTestCase();
    void cases_data();
    void cases();
    void linesThatAreNoCommands();
    void endsWithItsInput();
    void outputIsAscii();

private:
    bool start(TestServer::Kind kind);
    bool run(const QJsonObject &step);
    void send(QJsonObject command);
    QJsonObject answer();
    bool injectFault(const QJsonObject &fault);
    QJsonValue resolved(const QJsonValue &value) const;
    QString mismatch(const QJsonObject &result, const QJsonObject &expected) const;

    void end(QProcess &adapter);

    std::map<TestServer::Kind, std::unique_ptr<TestServer>> m_servers;
    std::map<TestServer::Kind, std::unique_ptr<QProcess>> m_adapters; // serve all cases, as with a driver
    TestServer *m_server = nullptr; // of this case
    QProcess *m_adapter = nullptr;
    QHash<QString, QString> m_kept;
    QString m_failure;
};

/* An adapter that a case left with something to say is not fit for the next one. */
void tst_Adapter::cleanup()
{
    if (QTest::currentTestFailed())
        m_adapters.clear();
}

void tst_Adapter::cleanupTestCase()
{
    for (const auto &[kind, adapter] : m_adapters) {
        m_adapter = adapter.get();
        send({{"type", "shutdown"}});
        QCOMPARE(answer()["success"].toBool(), true);
        end(*adapter);
    }
}

void tst_Adapter::end(QProcess &adapter)
{
    QVERIFY(adapter.waitForFinished());
    QCOMPARE(adapter.exitStatus(), QProcess::NormalExit);
    QCOMPARE(adapter.exitCode(), 0);
}

bool tst_Adapter::start(TestServer::Kind kind)
{
    std::unique_ptr<TestServer> &server = m_servers[kind];
    if (!server) {
        server = std::make_unique<TestServer>(kind);
        if (!server->start()) {
            m_failure = server->reason();
            server.reset();
            return false;
        }
    }
    std::unique_ptr<QProcess> &adapter = m_adapters[kind];
    if (!adapter) {
        adapter = std::make_unique<QProcess>();
        adapter->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        adapter->start(ADAPTER, {});
    }
    m_server = server.get();
    m_adapter = adapter.get();
    m_kept = {{"path", m_server->stream(QUuid::createUuid().toString(QUuid::WithoutBraces)).path()}};
    send({{"type", "init"}, {"serverUrl", m_server->stream("x").toString(QUrl::RemovePath)}});
    const QJsonObject init = answer();
    m_failure = "the adapter did not begin";
    const QJsonObject features = init["features"].toObject();
    for (const char *feature : {"batching", "sse", "longPoll", "auto", "streaming", "dynamicHeaders", "retryOptions",
                                "batchItems", "strictZeroValidation"}) {
        if (!features[feature].toBool())
            return false;
    }
    return init["success"].toBool();
}

void tst_Adapter::send(QJsonObject command)
{
    m_adapter->write(QJsonDocument(resolved(command).toObject()).toJson(QJsonDocument::Compact) + '\n');
}

QJsonObject tst_Adapter::answer()
{
    QDeadlineTimer limit(AnswerLimit);
    while (!m_adapter->canReadLine() && m_adapter->state() != QProcess::NotRunning
           && m_adapter->waitForReadyRead(int(limit.remainingTime()))) { }
    return QJsonDocument::fromJson(m_adapter->readLine()).object();
}

QJsonValue tst_Adapter::resolved(const QJsonValue &value) const
{
    if (value.isObject()) {
        QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            it.value() = resolved(it.value());
        return object;
    }
    if (!value.isString())
        return value;
    QString text = value.toString();
    for (auto it = m_kept.begin(); it != m_kept.end(); ++it)
        text.replace(u'$' + it.key(), it.value());
    return text;
}

bool tst_Adapter::injectFault(const QJsonObject &fault)
{
    QNetworkAccessManager manager;
    QNetworkRequest request(m_server->stream("x").resolved(QUrl("/_test/inject-error")));
    request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
    QNetworkReply *reply = manager.post(request, QJsonDocument(resolved(fault).toObject()).toJson());
    QSignalSpy finished(reply, &QNetworkReply::finished);
    return (reply->isFinished() || finished.wait()) && reply->error() == QNetworkReply::NoError;
}

/* What of \a result is not as \a expected; empty when all is. */
QString tst_Adapter::mismatch(const QJsonObject &result, const QJsonObject &expected) const
{
    const QJsonArray chunks = result["chunks"].toArray();
    const QJsonObject metrics = result["metrics"].toObject();
    for (auto it = expected.begin(); it != expected.end(); ++it) {
        QJsonValue found = result.value(it.key());
        QJsonValue wanted = resolved(it.value());
        if (it.key() == "data") {
            QString data;
            for (const auto &chunk : chunks)
                data += chunk.toObject()["data"].toString();
            found = data;
        } else if (it.key() == "binary") {
            found = chunks[0]["binary"];
        } else if (it.key() == "pieces") {
            found = chunks.size();
        } else if (it.key() == "bytes") {
            found = metrics["bytesTransferred"];
        } else if (it.key() == "messages") {
            found = metrics["messagesProcessed"];
        } else if (it.key() == "takesTime") {
            found = result["durationNs"].toString().toLongLong() > 0 && metrics["bytesPerSecond"].isDouble();
        } else if (it.key() == "says") {
            found = result["message"].toString().contains(wanted.toString());
            wanted = true;
        } else if (wanted.isNull() && found.isUndefined()) {
            continue;
        }
        if (found != wanted)
            return it.key() + " of " + QJsonDocument(result).toJson(QJsonDocument::Compact);
    }
    return {};
}

bool tst_Adapter::run(const QJsonObject &step)
{
    if (step.contains("fault"))
        return injectFault(step["fault"].toObject());
    if (step.contains("send"))
        send(step["send"].toObject());
    if (step.contains("do"))
        send(step["do"].toObject());
    if (step.contains("send"))
        return true;
    const QJsonObject result = answer();
    if (!step.contains("expect") && !result["success"].toBool())
        m_failure = QJsonDocument(result).toJson(QJsonDocument::Compact);
    else
        m_failure = mismatch(result, step["expect"].toObject());
    const QJsonObject keep = step["keep"].toObject();
    for (auto it = keep.begin(); it != keep.end(); ++it)
        m_kept.insert(it.key(), result[it.value().toString()].toString());
    return m_failure.isEmpty();
}

void tst_Adapter::cases_data()
{
    QTest::addColumn<TestServer::Kind>("kind");
    QTest::addColumn<QByteArray>("steps");

    for (const AdapterCase &one : adapterCases()) {
        QTest::addRow("embedded, %s", one.name) << TestServer::Kind::Embedded << QByteArray(one.steps);
        QTest::addRow("reference, %s", one.name) << TestServer::Kind::Reference << QByteArray(one.steps);
    }
    for (const AdapterCase &one : adapterCasesWithFaults())
        QTest::addRow("reference, %s", one.name) << TestServer::Kind::Reference << QByteArray(one.steps);
}

void tst_Adapter::cases()
{
    QFETCH(TestServer::Kind, kind);
    QFETCH(QByteArray, steps);
    if (!start(kind)) {
        if (kind == TestServer::Kind::Reference && m_failure.startsWith("NOT TESTED"))
            QSKIP(qPrintable(m_failure));
        QFAIL(qPrintable(m_failure));
    }
    QJsonParseError error;
    const QJsonArray array = QJsonDocument::fromJson(steps, &error).array();
    QVERIFY2(!array.isEmpty(), qPrintable(error.errorString()));
    for (const auto &step : array)
        QVERIFY2(run(step.toObject()), qPrintable(m_failure));
}

void tst_Adapter::linesThatAreNoCommands()
{
    QVERIFY2(start(TestServer::Kind::Embedded), qPrintable(m_failure));
    for (const char *line : {"{", "[]", "42", "nonsense"}) {
        m_adapter->write(QByteArray(line) + '\n');
        const QJsonObject result = answer();
        QCOMPARE(result["errorCode"].toString(), "PARSE_ERROR");
        QCOMPARE(result["success"].toBool(true), false);
    }
    m_adapter->write("\n  \n");
}

void tst_Adapter::endsWithItsInput()
{
    QVERIFY2(start(TestServer::Kind::Embedded), qPrintable(m_failure));
    send({{"type", "create"}, {"path", "$path"}});
    send({{"type", "append"}, {"path", "$path"}, {"data", "x"}});
    m_adapter->closeWriteChannel();
    QCOMPARE(answer()["type"].toString(), "create");
    QCOMPARE(answer()["type"].toString(), "append");
    end(*m_adapter);
    m_adapters.erase(TestServer::Kind::Embedded);
}

void tst_Adapter::outputIsAscii()
{
    QVERIFY2(start(TestServer::Kind::Embedded), qPrintable(m_failure));
    const QString text = QStringLiteral("\ufeffa\u2028\u2029\u0085\U0001f600");
    send({{"type", "create"}, {"path", "$path"}, {"contentType", "text/plain"}, {"data", text}});
    QVERIFY(answer()["success"].toBool());
    send({{"type", "read"}, {"path", "$path"}});
    while (!m_adapter->canReadLine())
        QVERIFY(m_adapter->waitForReadyRead());
    const QByteArray line = m_adapter->readLine();
    QVERIFY(std::all_of(line.begin(), line.end(), [](char c) { return uchar(c) < 0x80; }));
    QCOMPARE(QJsonDocument::fromJson(line)["chunks"][0]["data"].toString(), text);
}

QTEST_GUILESS_MAIN(tst_Adapter)
#include "tst_adapter.moc"
