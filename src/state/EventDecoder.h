// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/ControlEvent>
#include <DurableStreams/Export>
#include <DurableStreams/QuarantinedEvent>

#include <QByteArrayView>

#include <memory>
#include <variant>

namespace DurableStreams {

using Event = std::variant<ChangeEvent, ControlEvent, QuarantinedEvent>;

inline bool isChange(const Event &event)
{
    return std::holds_alternative<ChangeEvent>(event);
}

inline bool isControl(const Event &event)
{
    return std::holds_alternative<ControlEvent>(event);
}

/*!
 * Decodes one element of a state stream. Each value is checked whole, with JSON.parse's verdict; beyond that, bytes
 * that are not UTF-8 and values of more than 1,024 levels are refused.
 *
 * Members may come in any order, with names escaped or doubled (the last counts); those that the state protocol does
 * not name are ignored in the event and kept in its headers. A change needs a type and a key, strings that are not
 * empty, and a value of any kind, null too, unless it deletes. A type or key with a lone surrogate is refused, since it
 * has no UTF-8 form of its own; in a txid it becomes U+FFFD. A txid or timestamp may be null: not given.
 *
 * Keeps its parser between calls: use one for each thread.
 */
class DURABLESTREAMS_EXPORT EventDecoder
{
public:
    EventDecoder();
    ~EventDecoder();
    EventDecoder(EventDecoder &&) noexcept;
    EventDecoder &operator=(EventDecoder &&) noexcept;

    /*!
     * \a element: one JSON text without a comma or bracket around it. What is no event becomes a QuarantinedEvent,
     * whose offset is left for the caller to set.
     */
    Event decode(QByteArrayView element);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace DurableStreams
