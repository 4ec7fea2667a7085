// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "InputReader.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

InputReader::InputReader(Unit unit, QObject *parent)
    : QObject(parent)
    , m_unit(unit)
    , m_notifier(STDIN_FILENO, QSocketNotifier::Read)
{
    m_notifier.setEnabled(false);
    connect(&m_notifier, &QSocketNotifier::activated, this, &InputReader::onReadable);
}

void InputReader::setPaused(bool paused)
{
    m_notifier.setEnabled(!paused && !m_isOver);
}

void InputReader::onReadable()
{
    QByteArray bytes(BlockSize, Qt::Uninitialized);
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), size_t(bytes.size()));
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count > 0) {
        m_rest.append(bytes.constData(), count);
        return takeUnits();
    }
    m_isOver = true;
    m_notifier.setEnabled(false);
    if (count < 0) {
        emit failed(QString::fromLocal8Bit(std::strerror(errno)));
        return;
    }
    if (!m_rest.isEmpty())
        emit read(std::exchange(m_rest, {}));
    emit ended();
}

void InputReader::takeUnits()
{
    if (m_unit == Unit::Any) {
        emit read(std::exchange(m_rest, {}));
        return;
    }
    qsizetype begin = 0;
    if (m_unit == Unit::Line) {
        for (qsizetype end; (end = m_rest.indexOf('\n', begin)) >= 0; begin = end + 1)
            emit read(m_rest.mid(begin, end - begin));
    } else {
        for (; m_rest.size() - begin >= BlockSize; begin += BlockSize)
            emit read(m_rest.mid(begin, BlockSize));
    }
    m_rest.remove(0, begin);
}
