// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/RowVersion>
#include <DurableStreams/Schema>

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>

namespace DurableStreams {

/*! What a checkpoint has to be of, to be of use at a start. */
struct CheckpointRequest
{
    QByteArray stream; //!< the app's name for the stream
    QByteArray revision; //!< of what the app makes of the stream's events; rows of another one are not used
    QList<Schema> schemas; //!< whose fields are columns for those who look into the file
};

/*! What was found of a checkpoint, ahead of its rows. */
struct CheckpointHead
{
    enum class Found {
        Nothing, //!< there never was one, or it cannot be opened
        Rows, //!< a whole checkpoint: its rows follow
        OtherStream, //!< one of another stream
        OtherRevision, //!< one of another CheckpointRequest::revision
        Expired, //!< one that is too old
        Damaged //!< one that cannot be read
    };

    // Of a whole checkpoint alone.
    Found found = Found::Nothing;
    QByteArray offset; //!< to read on from
    QByteArray resume; //!< as it was given with the commit
    QDateTime savedAt = {}; //!< UTC, by the clock of then
    qint64 rowCount = 0; //!< of all types
    quint64 lastOrder = 0; //!< the highest RowVersion::order() among the rows
};

/*! Some rows of one type, in their order. Their batches have offsets alone. */
struct CheckpointRows
{
    QByteArray type;
    QList<RowVersionPointer> rows;
};

} // namespace DurableStreams

Q_DECLARE_METATYPE(DurableStreams::CheckpointHead)
Q_DECLARE_METATYPE(DurableStreams::CheckpointRows)
