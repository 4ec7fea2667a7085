// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RetryPolicy.h"

#include <QLocale>
#include <QRandomGenerator>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

QDateTime fromHttpDate(const QByteArray &text)
{
    QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(text), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    date.setTimeZone(QTimeZone::utc());
    return date;
}

} // namespace

RetryPolicy::RetryPolicy(Milliseconds initialDelay, double multiplier, Milliseconds maximumDelay)
    : m_initialDelay(initialDelay)
    , m_multiplier(multiplier)
    , m_maximumDelay(maximumDelay)
{
}

StreamError RetryPolicy::check() const
{
    const auto refusal = [](const QString &reason) { return StreamError(StreamError::Code::InvalidArgument, reason); };
    if (m_maximumRetries && *m_maximumRetries < 0)
        return refusal(u"There cannot be fewer than no retries, but maximumRetries is %1."_s.arg(*m_maximumRetries));
    if (m_initialDelay <= Milliseconds::zero())
        return refusal(u"initialDelay is %1 ms; it must be above zero."_s.arg(m_initialDelay.count()));
    if (!(m_multiplier >= 1))
        return refusal(u"multiplier is %1; below 1 the waits would shrink."_s.arg(m_multiplier));
    if (m_maximumDelay < m_initialDelay)
        return refusal(u"maximumDelay is %1 ms, less than initialDelay, which is %2 ms."_s.arg(m_maximumDelay.count())
                           .arg(m_initialDelay.count()));
    return {};
}

RetryPolicy::Milliseconds RetryPolicy::delay(int failures, Milliseconds retryAfter) const
{
    const double growth = std::pow(m_multiplier, std::max(failures, 1) - 1);
    const double bound = std::min(double(m_initialDelay.count()) * growth, double(m_maximumDelay.count()));
    const double random = m_random ? m_random() : QRandomGenerator::global()->generateDouble();
    return std::max(Milliseconds(qint64(bound * random)), retryAfter);
}

RetryPolicy::Milliseconds RetryPolicy::retryAfter(const QByteArray &header, const QDateTime &now)
{
    const QByteArray text = header.trimmed();
    constexpr qint64 longest = 24 * 60 * 60;
    bool isNumber = false;
    qint64 seconds = text.toLongLong(&isNumber);
    if (!isNumber) {
        const QDateTime date = fromHttpDate(text);
        seconds = date.isValid() ? now.secsTo(date) : 0;
    }
    return std::chrono::seconds(std::clamp<qint64>(seconds, 0, longest));
}

} // namespace DurableStreams
