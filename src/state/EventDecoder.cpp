// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "EventDecoder.h"

#include "state/EventReader_p.h"

namespace DurableStreams {

struct EventDecoder::Private
{
    EventReader reader;
    QByteArray lastType; // events of one type share its bytes

    QByteArray typeOf(QByteArrayView type)
    {
        if (type != lastType)
            lastType = type.toByteArray();
        return lastType;
    }
};

EventDecoder::EventDecoder()
    : d(std::make_unique<Private>())
{
}

EventDecoder::~EventDecoder() = default;
EventDecoder::EventDecoder(EventDecoder &&) noexcept = default;
EventDecoder &EventDecoder::operator=(EventDecoder &&) noexcept = default;

Event EventDecoder::decode(QByteArrayView element)
{
    switch (d->reader.read(element)) {
    case EventKind::Change:
        break;
    case EventKind::Control:
        return d->reader.control();
    case EventKind::Bad:
        return d->reader.bad();
    }
    const ChangeView &view = d->reader.change();
    ChangeEvent event;
    event.operation = view.operation;
    event.type = d->typeOf(view.type);
    event.key = view.key.toByteArray();
    event.value = JsonText::fromCheckedJson(view.value);
    event.oldValue = JsonText::fromCheckedJson(view.oldValue);
    event.txid = view.txid.toByteArray();
    event.timestamp = view.timestamp.toByteArray();
    event.headers = JsonText::fromCheckedJson(view.headers);
    return event;
}

} // namespace DurableStreams
