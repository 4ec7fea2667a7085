// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Conflict>
#include <DurableStreams/Export>

#include <QMetaType>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariant>

namespace DurableStreams {

/*! Somebody else changed a row between what a local update was made of and the update itself. See StreamDb::conflict().
 */
class DURABLESTREAMS_EXPORT WriteConflict
{
    Q_GADGET
    Q_PROPERTY(QString txid READ txid)
    Q_PROPERTY(QString type READ type)
    Q_PROPERTY(QString key READ key)
    Q_PROPERTY(QStringList fields READ fields)
    Q_PROPERTY(QVariant base READ base)
    Q_PROPERTY(QVariant theirs READ theirs)
    Q_PROPERTY(QVariant mine READ mine)
    Q_PROPERTY(bool isSent READ isSent)

public:
    WriteConflict() = default;
    explicit WriteConflict(const Conflict &conflict)
        : m_conflict(conflict)
    {
    }

    QString txid() const { return QString::fromUtf8(m_conflict.txid); } //!< of the local transaction
    QString type() const { return QString::fromUtf8(m_conflict.row.type); }
    QString key() const { return QString::fromUtf8(m_conflict.row.key); }
    /*! What they changed; of an update that is not sent yet those fields among them that it sets too. */
    QStringList fields() const
    {
        QStringList names;
        for (const QByteArray &field : m_conflict.fields)
            names.append(QString::fromUtf8(field));
        return names;
    }
    QVariant base() const { return m_conflict.base.toVariant(); } //!< the row that the update was made of
    QVariant theirs() const { return m_conflict.theirs.toVariant(); } //!< as they made it; invalid: removed
    QVariant mine() const { return m_conflict.mine.toVariant(); } //!< as the update makes it
    bool isSent() const { return m_conflict.isSent; } //!< ours came behind theirs, and took the place of all of it

private:
    Conflict m_conflict;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::WriteConflict)
