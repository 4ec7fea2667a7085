// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>
#include <DurableStreams/LocalTransaction>
#include <DurableStreams/RowKey>

#include <QHash>
#include <QList>
#include <QSet>

#include <limits>

namespace DurableStreams {

/*! The mutations of local transactions as they lie over the rows, in the order of their sequence. */
class DURABLESTREAMS_EXPORT Overlay
{
public:
    static constexpr quint64 All = std::numeric_limits<quint64>::max();

    /*! Lays \a transaction over its rows; it must stay where it is, unchanged but for its state, until remove(). */
    void add(const LocalTransaction &transaction);
    void remove(const LocalTransaction &transaction);
    /*! One that failed lies over no row, but its rows tell so. */
    void addFailed(const LocalTransaction &transaction);
    void removeFailed(const LocalTransaction &transaction);
    void clear();

    bool isEmpty() const { return m_layers.isEmpty() && m_failed.isEmpty(); }
    /*! What the transactions that have something to do with a row, failed ones too, make of it. */
    struct Cover
    {
        quint64 revision = 0; //!< as long as it is the same, so is what they make of a base; 0: nothing lies over it
        LocalTransaction::State state = LocalTransaction::State::Confirmed; //!< of the one with the longest way to go

        bool isNone() const { return state == LocalTransaction::State::Confirmed; }
    };
    Cover coverOf(const RowKey &key) const;
    /*! Whether nothing else lies over the row, nor failed there. */
    bool isCoveredOnlyBy(const RowKey &key, const LocalTransaction &transaction) const;
    /*! All rows of \a type with such a transaction. */
    QList<RowKey> rowsOf(const QByteArray &type) const;
    /*! The row's value with all mutations of transactions ahead of \a end on \a base; null: no row. */
    JsonText valueOf(const RowKey &key, const JsonText &base, quint64 end = All) const;
    /*! The transactions with a patch of the row that are not sent yet. */
    QList<const LocalTransaction *> unsentPatches(const RowKey &key) const;
    /*! The fields that patches set on top of the row. */
    QSet<QByteArray> patchedFields(const RowKey &key) const;

private:
    struct Layer
    {
        const LocalTransaction *transaction;
        qsizetype place; // of its mutation

        const Mutation &mutation() const { return transaction->mutations[place]; }
    };

    struct Layers
    {
        QList<Layer> list;
        quint64 revision = 0;
    };

    static LocalTransaction::State stateOf(const QList<Layer> &layers);
    QList<Layer> layersOf(const RowKey &key) const { return m_layers.value(key).list; }

    QHash<RowKey, Layers> m_layers;
    quint64 m_lastRevision = 0;
    QHash<RowKey, int> m_failed; // how many failed mutations of the row
};

} // namespace DurableStreams
