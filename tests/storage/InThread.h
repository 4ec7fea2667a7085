// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QThread>

#include <memory>

namespace DurableStreams {

/*! A part of a store in a thread of its own, as a session has it; deleted there. */
template <typename Part>
class InThread
{
public:
    explicit InThread(std::unique_ptr<Part> part)
        : m_part(part.release())
    {
        m_part->moveToThread(&m_thread);
        m_thread.start();
    }
    ~InThread()
    {
        m_part->deleteLater();
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(InThread)

    Part *operator->() const { return m_part; }
    Part *get() const { return m_part; }

private:
    QThread m_thread;
    Part *m_part;
};

} // namespace DurableStreams
