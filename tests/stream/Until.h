// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QEventLoop>
#include <QTimer>

/*!
 * Runs events until \a isDone() or \a limit milliseconds have passed; whether it is done. QTRY_ macros sleep 10 ms at a
 * time, which makes a conversation of hundreds of requests in one thread take seconds.
 */
template <typename Predicate>
bool until(Predicate isDone, int limit = 30'000)
{
    QEventLoop loop;
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &loop, [&] {
        if (isDone())
            loop.quit();
    });
    poll.start(1);
    QTimer::singleShot(limit, &loop, &QEventLoop::quit);
    loop.exec();
    return isDone();
}
