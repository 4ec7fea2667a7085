// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Memory.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace {

qint64 bytesOf(QByteArrayView name)
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = status.readAll();
    const qsizetype begin = text.indexOf(name) + name.size();
    return text.sliced(begin, text.indexOf(" kB", begin) - begin).trimmed().toLongLong() * 1024;
}

} // namespace

qint64 residentMemory()
{
    return bytesOf("VmRSS:");
}

qint64 peakMemory()
{
    return bytesOf("VmHWM:");
}
