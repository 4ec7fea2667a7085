// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/KeyIndex>
#include <DurableStreams/RowVersion>

#include <QByteArray>
#include <QHash>

#include <vector>

namespace DurableStreams {

/*!
 * What change sets did that a checkpoint has not got yet: the last version of each row, and the last offset.
 */
class PendingRows
{
public:
    /*! A row, as it is or as it was removed. */
    struct Row
    {
        RowVersionPointer version;
        bool isRemoved = false;

        explicit operator bool() const { return bool(version); }
        const RowVersion *operator->() const { return version.data(); }
    };

    void add(const ChangeSet &changes, const QByteArray &resume);
    /*! Forgets what was added so far, and what is on disk is to go too. */
    void replace(const ChangeSet &changes, const QByteArray &resume);

    bool isEmpty() const { return m_offset.isNull(); }
    bool replacesAll() const { return m_replacesAll; }
    QByteArray offset() const { return m_offset; }
    QByteArray resume() const { return m_resume; }
    /*! Of all keys and values. */
    qint64 byteCount() const;
    QList<QByteArray> types() const { return m_types.keys(); }
    /*! The removed rows first, the others in their order. */
    std::vector<Row> rows(const QByteArray &type) const;

private:
    QHash<QByteArray, KeyIndex<Row>> m_types;
    QByteArray m_offset;
    QByteArray m_resume;
    bool m_replacesAll = false;
};

} // namespace DurableStreams
