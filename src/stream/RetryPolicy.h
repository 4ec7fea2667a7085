// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QDateTime>

#include <chrono>
#include <functional>
#include <optional>

namespace DurableStreams {

/*!
 * How long to wait before a request is tried again.
 *
 * The wait is random between zero and a bound (full jitter, so that many clients do not come back at once); the bound
 * begins at initialDelay() (100 ms by default), grows by multiplier() (1.3) with each failure in a row and stops at
 * maximumDelay() (60 s). What the server asks for in a Retry-After header is the least.
 *
 * A value, safe in any thread as long as its random source is.
 */
class DURABLESTREAMS_EXPORT RetryPolicy
{
public:
    using Milliseconds = std::chrono::milliseconds;
    /*! Gives numbers from 0 (included) to 1 (excluded). */
    using RandomSource = std::function<double()>;

    RetryPolicy() = default;
    RetryPolicy(Milliseconds initialDelay, double multiplier, Milliseconds maximumDelay);

    Milliseconds initialDelay() const { return m_initialDelay; }
    void setInitialDelay(Milliseconds delay) { m_initialDelay = delay; }
    /*! How many tries may follow the first one; without end by default. */
    std::optional<int> maximumRetries() const { return m_maximumRetries; }
    void setMaximumRetries(std::optional<int> retries) { m_maximumRetries = retries; }
    /*! Whether another try may follow, after \a failures in a row. */
    bool allowsRetry(int failures) const { return !m_maximumRetries || failures <= *m_maximumRetries; }
    double multiplier() const { return m_multiplier; }
    void setMultiplier(double multiplier) { m_multiplier = multiplier; }
    Milliseconds maximumDelay() const { return m_maximumDelay; }
    void setMaximumDelay(Milliseconds delay) { m_maximumDelay = delay; }
    /*!
     * Ok, or InvalidArgument and what is wrong: a count of tries below zero, an initial delay that is not above zero, a
     * multiplier below 1, a maximum below the initial delay. Nothing but this refuses such a policy.
     */
    StreamError check() const;
    /*! For tests: what the jitter is drawn from; by default the global random generator. */
    void setRandomSource(const RandomSource &source) { m_random = source; }

    /*! The wait before the next try, after \a failures in a row (at least 1). */
    Milliseconds delay(int failures, Milliseconds retryAfter = Milliseconds::zero()) const;

    /*!
     * What a Retry-After header asks for: seconds or an HTTP date (RFC 9110, section 10.2.3); zero when it cannot be
     * read or is past, at most a day.
     */
    static Milliseconds retryAfter(const QByteArray &header, const QDateTime &now = QDateTime::currentDateTimeUtc());

private:
    Milliseconds m_initialDelay{100};
    double m_multiplier = 1.3;
    Milliseconds m_maximumDelay = std::chrono::seconds(60);
    std::optional<int> m_maximumRetries;
    RandomSource m_random;
};

} // namespace DurableStreams
