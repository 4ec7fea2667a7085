// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QFuture>
#include <QMetaObject>
#include <QPromise>

#include <memory>
#include <utility>

namespace DurableStreams {

/*! Lets \a work run in the thread of \a object, behind what was posted before; gives what it will return. */
template <typename Object, typename Work>
auto posted(Object *object, Work work)
{
    using Result = decltype(work());
    const auto promise = std::make_shared<QPromise<Result>>();
    promise->start();
    QMetaObject::invokeMethod(
        object,
        [promise, work = std::move(work)] {
            promise->addResult(work());
            promise->finish();
        },
        Qt::QueuedConnection);
    return promise->future();
}

} // namespace DurableStreams
