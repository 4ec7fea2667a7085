// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Validation.h"

#include "Environment.h"
#include "Wire.h"

#include <DurableStreams/Producer>
#include <DurableStreams/RetryPolicy>

#include <functional>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace Validation {

namespace {

using Milliseconds = std::chrono::milliseconds;

/* An option as the suite names it, and how the client is given it. */
struct Option
{
    QLatin1StringView name;
    std::function<void(const QJsonValue &)> set;
};

/* Sets one option after the other, and names the first one that the client does not take. */
QJsonObject judge(const QJsonObject &command, const QList<Option> &options, const std::function<StreamError()> &check)
{
    const QJsonObject target = command["target"_L1].toObject();
    for (const Option &option : options) {
        if (!target.contains(option.name))
            continue;
        option.set(target[option.name]);
        if (const StreamError error = check(); !error.isOk())
            return Wire::failure(
                command, StreamError(error.code(), u"%1 is not accepted: %2"_s.arg(option.name, error.message())));
    }
    return Wire::success(command);
}

QJsonObject retryOptions(const QJsonObject &command)
{
    RetryPolicy policy;
    const auto rebuild = [&policy](Milliseconds initial, double multiplier, Milliseconds maximum) {
        const std::optional<int> retries = policy.maximumRetries();
        policy = RetryPolicy(initial, multiplier, maximum);
        policy.setMaximumRetries(retries);
    };
    const QList<Option> options{
        {"maxRetries"_L1, [&](const QJsonValue &value) { policy.setMaximumRetries(value.toInt()); }},
        {"initialDelayMs"_L1,
         [&](const QJsonValue &value) {
             rebuild(Milliseconds(value.toInteger()), policy.multiplier(), policy.maximumDelay());
         }},
        {"maxDelayMs"_L1,
         [&](const QJsonValue &value) {
             rebuild(policy.initialDelay(), policy.multiplier(), Milliseconds(value.toInteger()));
         }},
        {"multiplier"_L1,
         [&](const QJsonValue &value) { rebuild(policy.initialDelay(), value.toDouble(), policy.maximumDelay()); }},
    };
    return judge(command, options, [&policy] { return policy.check(); });
}

QJsonObject producer(Environment &environment, const QJsonObject &command)
{
    Producer producer(&environment.network);
    const QList<Option> options{
        {"producerId"_L1, [&](const QJsonValue &value) { producer.setId(value.toString().toUtf8()); }},
        {"epoch"_L1, [&](const QJsonValue &value) { producer.setEpoch(value.toInteger()); }},
        {"maxBatchBytes"_L1, [&](const QJsonValue &value) { producer.setMaximumBatchBytes(value.toInteger()); }},
        {"maxBatchItems"_L1, [&](const QJsonValue &value) { producer.setMaximumBatchCount(value.toInt()); }},
    };
    return judge(command, options, [&producer] { return producer.check(); });
}

} // namespace

QJsonObject validate(Environment &environment, const QJsonObject &command)
{
    const QString target = command["target"_L1].toObject()["target"_L1].toString();
    if (target == "retry-options"_L1)
        return retryOptions(command);
    if (target == "idempotent-producer"_L1)
        return producer(environment, command);
    return Wire::failure(command, u"NOT_SUPPORTED"_s, u"There is no target \"%1\" to validate."_s.arg(target));
}

} // namespace Validation
