// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QString>

namespace DurableStreams {

/*!
 * Positions that sort as strings: between two of them there is always room for another.
 *
 * Positions are of the characters 0-9A-Za-z and sort by their bytes. Each ends in a random suffix, so that two people
 * who drop at the same place at once get different ones.
 */
class DURABLESTREAMS_EXPORT OrderKey
{
public:
    /*!
     * A position behind \a before and ahead of \a after. Either may be empty: no limit on that side. Limits that are
     * the wrong way round, equal, hold other characters, or leave no room (an \a after that is \a before and zeros)
     * give a position behind \a before alone. Any thread may call.
     *
     * A position has nine characters at first and keeps them for millions of steps at either end of a list; it grows by
     * one for each five or six that are made at one and the same place in the middle.
     */
    static QString between(const QString &before, const QString &after);
};

} // namespace DurableStreams
