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

/*!
 * Decodes one element of a state stream. Each value is checked whole, with JSON.parse's verdict.
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

    /*! \a element: one JSON text without a comma or bracket around it. */
    Event decode(QByteArrayView element);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace DurableStreams
