// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SqliteStore.h"

#include "SqliteCheckpoint_p.h"
#include "SqliteOutbox_p.h"

#include <QCryptographicHash>
#include <QDir>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

/* Streams of different names have different file names, also where systems do not tell small letters from capitals. */
QString fileName(const QString &stream)
{
    constexpr qsizetype longestName = 100;
    QString readable = QString::fromLatin1(QUrl::toPercentEncoding(stream)).left(longestName);
    if (readable == stream.toLower() && !readable.startsWith(u'.'))
        return readable;
    const QByteArray hash = QCryptographicHash::hash(stream.toUtf8(), QCryptographicHash::Sha256).toHex().first(16);
    return u"_%1-%2"_s.arg(readable, QLatin1StringView(hash));
}

} // namespace

SqliteStore::SqliteStore(const SqliteStoreOptions &options)
    : m_options(options)
{
}

SqliteStore::~SqliteStore() = default;

std::unique_ptr<CheckpointStore> SqliteStore::makeCheckpoint(const QString &stream) const
{
    return std::make_unique<SqliteCheckpoint>(checkpointPath(stream), m_options);
}

std::unique_ptr<OutboxStore> SqliteStore::makeOutbox(const QString &stream) const
{
    return std::make_unique<SqliteOutbox>(outboxPath(stream));
}

QString SqliteStore::checkpointPath(const QString &stream) const
{
    return path(stream, u".checkpoint.sqlite"_s);
}

QString SqliteStore::outboxPath(const QString &stream) const
{
    return path(stream, u".outbox.sqlite"_s);
}

QString SqliteStore::path(const QString &stream, const QString &suffix) const
{
    return QDir(m_options.folder).absoluteFilePath(fileName(stream) + suffix);
}

} // namespace DurableStreams
