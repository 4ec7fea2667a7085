// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Session>

#include <QObject>
#include <QString>
#include <QtQml/qqml.h>

namespace DurableStreams {

/*! What a Session has besides in QML. */
class QuickSession : public QObject
{
    Q_OBJECT
    /*!
     * Where the StreamDbs of the session keep their rows and unsent writes, each under its name: a path or a file URL;
     * made when missing. Empty, the default: nowhere. Set it before the first one starts. Without the library
     * DurableStreams::Storage it has no effect but a warning.
     */
    Q_PROPERTY(QString storageFolder READ storageFolder WRITE setStorageFolder NOTIFY storageFolderChanged FINAL)

public:
    explicit QuickSession(QObject *session);

    QString storageFolder() const { return m_storageFolder; }
    void setStorageFolder(const QString &folder);

Q_SIGNALS:
    void storageFolderChanged();

private:
    QString m_storageFolder;
};

struct SessionForeign
{
    Q_GADGET
    QML_FOREIGN(DurableStreams::Session)
    QML_NAMED_ELEMENT(Session)
    QML_EXTENDED(DurableStreams::QuickSession)
};

} // namespace DurableStreams
