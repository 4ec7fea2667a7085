// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SqliteCheckpoint_p.h"

#include "Posted_p.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;
using Found = CheckpointHead::Found;

constexpr std::chrono::milliseconds ShortestRetryDelay(100);
constexpr std::chrono::seconds LongestRetryDelay(30);

} // namespace

SqliteCheckpoint::SqliteCheckpoint(const QString &path, const SqliteStoreOptions &options)
    : m_delay(options.checkpointDelay)
    , m_retryDelay(options.checkpointDelay)
    , m_file(path, options)
    , m_whyNotOpen(Code::StorageFailed, u"The checkpoint was not loaded yet."_s)
    , m_timer(this)
{
    qRegisterMetaType<CheckpointHead>();
    qRegisterMetaType<CheckpointRows>();
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SqliteCheckpoint::writeNow);
}

SqliteCheckpoint::~SqliteCheckpoint()
{
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
    writeNow();
}

void SqliteCheckpoint::load(const CheckpointRequest &request)
{
    QMetaObject::invokeMethod(this, [this, request] { loadNow(request); }, Qt::QueuedConnection);
}

void SqliteCheckpoint::write(const ChangeSetPointer &changes, const QByteArray &resume)
{
    QMetaObject::invokeMethod(
        this,
        [this, changes, resume] {
            if (!m_file.isOpen() || m_lacksRows)
                return;
            m_pending.add(*changes, resume);
            writeSoon();
        },
        Qt::QueuedConnection);
}

void SqliteCheckpoint::replace(const ChangeSetPointer &rows, const QByteArray &resume)
{
    QMetaObject::invokeMethod(
        this,
        [this, rows, resume] {
            if (!m_file.isOpen())
                return;
            m_lacksRows = false;
            m_pending.replace(*rows, resume);
            writeSoon();
        },
        Qt::QueuedConnection);
}

QFuture<StreamError> SqliteCheckpoint::flush()
{
    return posted(this, [this] { return writeNow(); });
}

QFuture<StreamError> SqliteCheckpoint::clear()
{
    return posted(this, [this] { return clearNow(); });
}

void SqliteCheckpoint::loadNow(const CheckpointRequest &request)
{
    CheckpointHead head;
    StreamError error = m_file.open(request, &head);
    Q_EMIT begun(head);
    if (head.found == Found::Rows) {
        error = readRows();
        m_lacksRows = !error.isOk(); // what follows may be changes of those that were told
    }
    m_whyNotOpen = m_file.isOpen() ? StreamError() : error;
    Q_EMIT loaded(error);
}

StreamError SqliteCheckpoint::readRows()
{
    for (;;) {
        CheckpointRows rows;
        StreamError error = m_file.read(&rows);
        if (error.code() == Code::StorageCorrupt)
            return m_file.replaceDamaged(error);
        if (!error.isOk())
            m_file.close();
        if (!error.isOk() || rows.rows.isEmpty())
            return error;
        Q_EMIT rowsRead(rows);
    }
}

void SqliteCheckpoint::writeSoon()
{
    if (!m_timer.isActive())
        m_timer.start(m_retryDelay);
}

StreamError SqliteCheckpoint::writeNow()
{
    m_timer.stop();
    if (!m_file.isOpen() || m_pending.isEmpty())
        return m_whyNotOpen;
    StreamError error = m_file.write(m_pending);
    if (error.isOk()) {
        const QByteArray offset = m_pending.offset();
        m_pending = {};
        m_retryDelay = m_delay;
        Q_EMIT written(offset);
        return {};
    }
    if (m_file.isOverLimit() || error.code() == Code::InvalidArgument) {
        giveUp();
        m_file.empty();
    } else if (error.code() == Code::StorageCorrupt) {
        giveUp();
        error = m_file.replaceDamaged(error);
        m_whyNotOpen = m_file.isOpen() ? StreamError() : error;
    } else {
        m_retryDelay = std::clamp<std::chrono::milliseconds>(2 * m_retryDelay, ShortestRetryDelay, LongestRetryDelay);
        writeSoon();
    }
    Q_EMIT failed(error);
    return error;
}

/* What follows are changes of rows that are not on disk. */
void SqliteCheckpoint::giveUp()
{
    m_pending = {};
    m_lacksRows = true;
}

StreamError SqliteCheckpoint::clearNow()
{
    m_timer.stop();
    giveUp();
    return m_file.isOpen() ? m_file.clear() : m_whyNotOpen;
}

} // namespace DurableStreams
