// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangedFields>
#include <DurableStreams/JsonText>
#include <DurableStreams/LocalTransaction>
#include <DurableStreams/RowVersion>

#include <QByteArray>
#include <QExplicitlySharedDataPointer>
#include <QSharedData>

#include <vector>

namespace DurableStreams {

/*! What local mutations make of a row. Never changed once made. */
struct LocalRow : public QSharedData
{
    QByteArray key;
    JsonText value; //!< null where they remove the row
    quint64 revision = 0; //!< of the overlay, see Overlay::revisionOf()
    quint64 order = 0;
    LocalTransaction::State state = LocalTransaction::State::Pending; //!< of the one that has the longest way to go
};

using LocalRowPointer = QExplicitlySharedDataPointer<const LocalRow>;

/*! A row as it is shown at one time: what the stream says, or what local mutations make of it. A cheap value. */
class ShownRow
{
public:
    ShownRow() = default;
    ShownRow(const RowVersionPointer &base, const LocalRowPointer &local)
        : m_base(base)
        , m_local(local)
    {
    }

    /*! False for a row that is not there, or not any more. */
    bool isLive() const { return m_local ? !m_local->value.isNull() : bool(m_base); }
    /*! A local mutation that the stream has not confirmed touches it. */
    bool isPending() const { return m_local && m_local->state != LocalTransaction::State::Failed; }
    /*! The same, or one that failed does. */
    bool isLocal() const { return bool(m_local); }
    LocalTransaction::State state() const { return m_local ? m_local->state : LocalTransaction::State::Confirmed; }
    /*! Neither the stream nor a local mutation knows of it. */
    bool isNothing() const { return !m_base && !m_local; }

    QByteArrayView key() const
    {
        return m_local ? QByteArrayView(m_local->key) : m_base ? m_base->key() : QByteArrayView();
    }
    /*! A checked JSON text; a null view for a row that is not live. */
    QByteArrayView value() const
    {
        return m_local ? m_local->value.view() : m_base ? m_base->value() : QByteArrayView();
    }
    JsonText text() const { return m_local ? m_local->value : m_base ? m_base->text() : JsonText(); }
    /*! Rows of a collection stand in this order. */
    quint64 order() const { return m_local ? m_local->order : m_base ? m_base->order() : 0; }

    /*! What the stream says; null where it has no such row. */
    const RowVersionPointer &base() const { return m_base; }
    /*! What local mutations make of it; null where none touches it. */
    const LocalRowPointer &local() const { return m_local; }

private:
    RowVersionPointer m_base;
    LocalRowPointer m_local;
};

/*!
 * One row, the same object for as long as it is there; kept alive by the models that still show it. GUI thread only.
 */
struct RowData : public QSharedData
{
    quint32 touch = 0; //!< its place, from 1 on, among the touches that models are being told of
    ShownRow shown; //!< newest

    QByteArrayView key() const { return shown.key(); }
};

using RowPointer = QExplicitlySharedDataPointer<RowData>;

/*! A row and its place among the others: known without a look at the row. */
struct OrderedRow
{
    RowPointer row;
    quint64 order = 0;
};

/*! A row that is not as it was: shown or gone, moved, changed. */
struct RowTouch
{
    RowPointer row;
    ShownRow before;
    ChangedFields changedFields;
    bool stateChanged = false;
};

/*! The touched rows of one collection; each row once. */
struct CollectionTouches
{
    QByteArray type;
    int revision = 0; //!< of the declaration that the changed fields go by
    std::vector<RowTouch> rows = {};
    std::vector<OrderedRow> firstRows = {}; //!< instead of touches, where there were no rows before; in their order
};

} // namespace DurableStreams
