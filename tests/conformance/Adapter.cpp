// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Adapter.h"

#include "Benchmarks.h"
#include "ReadCommand.h"
#include "StreamCommands.h"
#include "Validation.h"

#include <QJsonDocument>

#include <map>

using namespace Qt::StringLiterals;

Adapter::Adapter()
    : m_producers(m_environment)
{
}

void Adapter::take(const QByteArray &line)
{
    if (line.trimmed().isEmpty())
        return;
    QJsonParseError error;
    // Qt drops a byte order mark that a string begins with, but not an escaped one.
    const QByteArray escaped = QByteArray(line).replace("\xEF\xBB\xBF", "\\ufeff");
    const QJsonDocument document = QJsonDocument::fromJson(escaped, &error);
    auto entry = std::make_shared<Entry>();
    entry->command = document.object();
    if (!document.isObject())
        entry->result =
            Wire::failure(entry->command, u"PARSE_ERROR"_s, u"This line is no JSON object: "_s + error.errorString());
    m_entries.push_back(entry);
    proceed();
}

void Adapter::proceed()
{
    while (startNext()) { }
    while (!m_entries.empty() && m_entries.front()->result) {
        const QJsonObject result = *m_entries.front()->result;
        m_entries.pop_front();
        emit answered(Wire::line(result));
        if (result["type"_L1] == "shutdown"_L1)
            emit shutDown();
    }
}

/* Whether a command was started. */
bool Adapter::startNext()
{
    for (const std::shared_ptr<Entry> &entry : m_entries) {
        if (entry->result)
            continue;
        if (entry->isStarted && ReadCommand::isLive(entry->command))
            continue;
        if (entry->isStarted)
            return false;
        entry->isStarted = true;
        run(entry->command, [this, entry](const QJsonObject &result) {
            entry->result = result;
            QMetaObject::invokeMethod(this, &Adapter::proceed, Qt::QueuedConnection);
        });
        return true;
    }
    return false;
}

QJsonObject Adapter::init(const QJsonObject &command)
{
    m_producers.clear();
    m_environment.reset(command);
    return Wire::success(command,
                         {
                             {"clientName"_L1, "Durable Streams for Qt"_L1},
                             {"clientVersion"_L1, QLatin1StringView(CLIENT_VERSION)},
                             {"features"_L1,
                              QJsonObject{
                                  {"batching"_L1, true},
                                  {"sse"_L1, true},
                                  {"longPoll"_L1, true},
                                  {"auto"_L1, true},
                                  {"streaming"_L1, true},
                                  {"dynamicHeaders"_L1, true},
                                  {"retryOptions"_L1, true},
                                  {"batchItems"_L1, true},
                                  {"strictZeroValidation"_L1, true},
                              }},
                         });
}

void Adapter::run(const QJsonObject &command, const Wire::Done &done)
{
    using Command = std::function<void()>;
    Environment &environment = m_environment;
    DynamicFields &dynamic = m_environment.dynamicFields;
    const auto atOnce = [&](auto act) {
        return [&, act] {
            act();
            done(Wire::success(command));
        };
    };
    const std::map<QString, Command> commands{
        {u"init"_s, [&] { done(init(command)); }},
        {u"create"_s, [&] { StreamCommands::create(environment, command, done); }},
        {u"connect"_s, [&] { StreamCommands::connect(environment, command, done); }},
        {u"head"_s, [&] { StreamCommands::head(environment, command, done); }},
        {u"delete"_s, [&] { StreamCommands::remove(environment, command, done); }},
        {u"append"_s, [&] { StreamCommands::append(environment, command, done); }},
        {u"close"_s, [&] { StreamCommands::close(environment, command, done); }},
        {u"read"_s, [&] { new ReadCommand(environment, command, done); }},
        {u"idempotent-append"_s, [&] { m_producers.append(command, done); }},
        {u"idempotent-append-batch"_s, [&] { m_producers.appendBatch(command, done); }},
        {u"idempotent-close"_s, [&] { m_producers.close(command, done); }},
        {u"idempotent-detach"_s, [&] { m_producers.detach(command, done); }},
        {u"set-dynamic-header"_s, atOnce([&] { dynamic.setHeader(command); })},
        {u"set-dynamic-param"_s, atOnce([&] { dynamic.setParameter(command); })},
        {u"clear-dynamic"_s, atOnce([&] { dynamic.clear(); })},
        {u"validate"_s, [&] { done(Validation::validate(environment, command)); }},
        {u"benchmark"_s, [&] { Benchmarks::run(environment, command, done); }},
        {u"shutdown"_s, atOnce([] {})},
    };
    const QString type = command["type"_L1].toString();
    if (const auto found = commands.find(type); found != commands.end())
        found->second();
    else
        done(Wire::failure(command, u"NOT_SUPPORTED"_s, u"There is no command \"%1\"."_s.arg(type)));
}
