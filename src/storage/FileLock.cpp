// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "FileLock_p.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace DurableStreams {

using Code = StreamError::Code;

FileLock::FileLock(const QString &path)
    : m_path(path)
    , m_lock(path + u".lock"_s)
{
}

StreamError FileLock::take()
{
    if (m_lock.isOpen())
        return {};
    StreamError error = m_lock.create();
    if (error.isOk())
        error = m_lock.open(std::chrono::milliseconds(0));
    if (error.isOk())
        error = m_lock.execute(u"BEGIN EXCLUSIVE"_s); // and never ended
    if (error.isOk())
        return {};
    m_lock.close();
    if (error.code() == Code::StorageCorrupt)
        return m_lock.failure(Code::StorageFailed, u"it is no lock; remove it"_s);
    if (error.code() != Code::StorageInUse)
        return error;
    return StreamError(error.code(),
                       u"Storage file %1 is in use, by another process or by another StreamDb of this one; what is "
                       "done here is kept in memory only."_s.arg(QDir::toNativeSeparators(m_path)));
}

} // namespace DurableStreams
