// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/ControlEvent>
#include <DurableStreams/Export>
#include <DurableStreams/JsonText>
#include <DurableStreams/KeyIndex>
#include <DurableStreams/QuarantinedEvent>
#include <DurableStreams/RowVersion>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace DurableStreams {

class EventArrayReader;
enum class EventKind;

/*!
 * The rows that the events of a state stream make, by type and key: no network, no model, no signals.
 *
 * Insert, update and upsert set a row, whether it is there or not; delete removes it. Values of every JSON kind stay as
 * they were sent, byte for byte. Within a snapshot events apply as usual, and its end removes the rows of all types
 * that were not set since its start; another start, or a reset, voids it. Types count from their first change on, and
 * go on to when all their rows are gone.
 *
 * Types and keys are UTF-8. Movable, not copyable. Not thread-safe: one thread at a time.
 */
class DURABLESTREAMS_EXPORT MaterializedState
{
public:
    using Row = std::pair<QByteArray, JsonText>; //!< a key and its value

    /*! What applyBatch() did. */
    struct BatchResult
    {
        qsizetype applied = 0; //!< events that took effect
        QList<QuarantinedEvent> quarantined; //!< those that break the format; their offsets are for the caller to set
        QString error; //!< why the bytes are no whole arrays; what stood ahead of that place was applied

        bool isOk() const { return error.isEmpty() && quarantined.isEmpty(); }
    };

    MaterializedState();
    ~MaterializedState();
    MaterializedState(MaterializedState &&) noexcept;
    MaterializedState &operator=(MaterializedState &&) noexcept;

    /*! False, and nothing changes, where the type, the key or, unless it deletes, the value is missing. */
    bool apply(const ChangeEvent &event);
    void apply(const ControlEvent &event);
    /*! One event as a JSON text, without a comma or bracket around it. What breaks the format comes back. */
    std::optional<QuarantinedEvent> apply(QByteArrayView element);
    /*! The events of a JSON array, or of several one behind another. Bad ones leave the others alone. */
    BatchResult applyBatch(QByteArrayView array);

    /*! The row's value; null when there is none. */
    JsonText get(QByteArrayView type, QByteArrayView key) const;
    bool contains(QByteArrayView type, QByteArrayView key) const { return rowOf(type, key) != nullptr; }
    /*! All rows of \a type, in the order of the events that made them live. */
    QList<Row> rows(QByteArrayView type) const;
    /*!
     * Calls \a visit(QByteArrayView key, QByteArrayView value) for each row of \a type, in no order and without a copy.
     * The views live until the row is set or removed; \a visit must not do that itself.
     */
    template <typename Visit>
    void visit(QByteArrayView type, Visit visit) const
    {
        if (const Type *known = typeNamed(type))
            known->rows.forEach([&visit](const RowVersionPointer &row) { visit(row->key(), row->value()); });
    }

    /*! In the order of their first events. */
    QList<QByteArray> types() const;
    qsizetype typeCount() const { return qsizetype(m_types.size()); }
    /*! How many rows \a type has. */
    qsizetype count(QByteArrayView type) const;

    /*! Forgets everything, the types too. */
    void clear();
    /*! Removes all rows, as a reset event does; the types stay. */
    void reset();

private:
    struct Type
    {
        QByteArray name;
        KeyIndex<RowVersionPointer> rows;

        QByteArrayView key() const { return name; }
    };

    std::optional<QuarantinedEvent> applyRead(EventKind kind);
    void applyChange(Operation operation, QByteArrayView type, QByteArrayView key, QByteArrayView value);
    void set(Type &type, QByteArrayView key, QByteArrayView value);
    void startSnapshot();
    void endSnapshot();
    Type &madeType(QByteArrayView name);
    const Type *typeNamed(QByteArrayView name) const;
    const RowVersion *rowOf(QByteArrayView type, QByteArrayView key) const;

    std::unique_ptr<EventArrayReader> m_reader;
    std::vector<std::unique_ptr<Type>> m_types; // in the order of their first events
    KeyIndex<Type *> m_typesByName;
    Type *m_lastType = nullptr; // events of one type come in a row, mostly
    BatchPointer m_batch; // of the rows that are set from now on: it knows the snapshot
    quint64 m_nextOrder = 1;
    bool m_inSnapshot = false;
};

} // namespace DurableStreams
