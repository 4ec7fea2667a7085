// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "QuickSession.h"

#ifdef DURABLE_STREAMS_STORAGE
#include <DurableStreams/SqliteStore>
#endif

#include <QQmlInfo>
#include <QUrl>

#include <memory>

namespace DurableStreams {

namespace {

QString localPath(const QString &folder)
{
    const QUrl url(folder);
    return url.isLocalFile() ? url.toLocalFile() : folder;
}

} // namespace

QuickSession::QuickSession(QObject *session)
    : QObject(session)
{
}

void QuickSession::setStorageFolder(const QString &folder)
{
    if (folder == m_storageFolder)
        return;
    m_storageFolder = folder;
    auto *session = qobject_cast<Session *>(parent());
    const QString path = localPath(folder);
#ifdef DURABLE_STREAMS_STORAGE
    SqliteStoreOptions options;
    options.folder = path;
    session->setStore(path.isEmpty() ? nullptr : std::make_shared<SqliteStore>(options));
#else
    if (!path.isEmpty())
        qmlWarning(session) << "storageFolder has no effect: this build has no storage (it needs Qt Sql)";
#endif
    Q_EMIT storageFolderChanged();
}

} // namespace DurableStreams
