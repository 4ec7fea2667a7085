// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

using namespace DurableStreams;

namespace {

constexpr qint64 LargestTurn = 1024 * 1024; // bytes, before the event loop has its turn again

bool isWritable()
{
    pollfd descriptor{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&descriptor, 1, 0) > 0;
}

/* One line for each element: JSON has line ends between its tokens alone, where a space will do. */
QByteArray lines(const StreamChunk &chunk)
{
    QByteArray text;
    text.reserve(chunk.size() + chunk.elementCount());
    for (qsizetype i = 0; i < chunk.elementCount(); ++i) {
        const qsizetype begin = text.size();
        text.append(chunk.element(i));
        std::replace_if(text.begin() + begin, text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
        text.append('\n');
    }
    return text;
}

} // namespace

Output::Output(const ResumePosition &position, QObject *parent)
    : QObject(parent)
    , m_notifier(STDOUT_FILENO, QSocketNotifier::Write)
    , m_begin(position)
{
    m_notifier.setEnabled(false);
    connect(&m_notifier, &QSocketNotifier::activated, this, &Output::proceed);
}

void Output::write(const StreamChunk &chunk)
{
    const Piece piece{chunk.isJson() ? lines(chunk) : chunk.content(), chunk.resumePosition(), chunk.isJson()};
    m_pending += piece.bytes.size();
    m_pieces.append(piece);
    dropWritten();
    m_notifier.setEnabled(!m_pieces.isEmpty());
}

ResumePosition Output::position() const
{
    if (m_pieces.isEmpty())
        return m_begin;
    const Piece &first = m_pieces.constFirst();
    const auto end = first.bytes.begin() + m_written;
    const qint64 units = first.isJson ? std::count(first.bytes.begin(), end, '\n') : m_written;
    return {m_begin.offset, m_begin.delivered + units};
}

void Output::proceed()
{
    const qint64 before = m_pending;
    while (!m_pieces.isEmpty() && before - m_pending < LargestTurn && isWritable()) {
        if (!writeSome())
            return;
    }
    m_notifier.setEnabled(!m_pieces.isEmpty());
    emit written();
}

/* Whether it goes on. What a pipe takes at once when it takes anything is PIPE_BUF bytes. */
bool Output::writeSome()
{
    const Piece &first = m_pieces.constFirst();
    const qsizetype left = first.bytes.size() - m_written;
    const ssize_t count =
        ::write(STDOUT_FILENO, first.bytes.constData() + m_written, size_t(std::min<qsizetype>(left, PIPE_BUF)));
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (count < 0) {
        m_notifier.setEnabled(false);
        emit failed(errno == EPIPE ? QString() : QString::fromLocal8Bit(std::strerror(errno)));
        return false;
    }
    m_written += count;
    m_pending -= count;
    dropWritten();
    return true;
}

/* A piece without content, which tells of a position alone, is written at once. */
void Output::dropWritten()
{
    while (!m_pieces.isEmpty() && m_written == m_pieces.constFirst().bytes.size()) {
        m_begin = m_pieces.takeFirst().end;
        m_written = 0;
    }
}
