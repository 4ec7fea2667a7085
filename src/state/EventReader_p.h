// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeEvent>
#include <DurableStreams/ControlEvent>
#include <DurableStreams/Export>
#include <DurableStreams/QuarantinedEvent>

#include "state/JsonScanner_p.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace DurableStreams {

/* A top-level field of an object: its name as it stands between its quotes, and its value. */
struct FieldView
{
    QByteArrayView name;
    QByteArrayView value;
};

/* A change event as views of its element. Names are unescaped, all else is as it stands. */
struct ChangeView
{
    Operation operation = Operation::Upsert;
    QByteArrayView type;
    QByteArrayView key;
    QByteArrayView value; // null for Delete
    QByteArrayView oldValue; // null when not given
    QByteArrayView txid; // empty when not given
    QByteArrayView timestamp; // empty when not given
    QByteArrayView headers;
    quint32 valueToken = 0; // where the value begins for the scanner
};

enum class EventKind { Change, Control, Bad };

/*
 * Reads elements of a state stream without copies, one by one or all that lie whole in a piece. What it says of an
 * element lives until the next one is read, and as long as the bytes.
 */
class DURABLESTREAMS_EXPORT EventReader
{
public:
    /* One JSON text without a comma or bracket around it. */
    EventKind read(QByteArrayView element);

    /*
     * Reads the elements at the beginning of bytes, which stand within an array ahead of an element, calls visit with
     * the kind of each, and gives how many bytes they take, the comma behind each included. Stops ahead of the first
     * that is not whole, that is the array's last, or that holds no valid JSON: those are for read().
     */
    template <typename Visit>
    qsizetype readMany(QByteArrayView bytes, Visit visit);

    /* The element without the white space around it. */
    QByteArrayView element() const { return m_element.trimmed(); }
    const ChangeView &change() const { return m_change; }
    ControlEvent control() const { return m_control; }
    QuarantinedEvent bad() const;
    /* At the value of the change. */
    JsonScanner &scannerAtValue()
    {
        m_scanner.seek(m_change.valueToken);
        return m_scanner;
    }
    /* The change is not to be: for bad(). */
    void refuse(const QString &reason) { m_reason = reason; }
    /* The field of that name in the change's value; null when it has none. */
    const FieldView *field(QByteArrayView name) const;

private:
    struct Members
    {
        QByteArrayView type;
        QByteArrayView key;
        QByteArrayView value;
        QByteArrayView oldValue;
        QByteArrayView headers;
        quint32 valueToken = 0;
    };
    struct HeaderMembers
    {
        QByteArrayView operation;
        QByteArrayView control;
        QByteArrayView txid;
        QByteArrayView timestamp;
    };

    static qsizetype endOfLastWholeObject(QByteArrayView bytes);
    JsonScanner::Token readMembers(JsonScanner::Token token);
    JsonScanner::Token readValue(JsonScanner::Token token);
    JsonScanner::Token readHeaders(JsonScanner::Token token);
    QByteArrayView *memberNamed(QByteArrayView name);
    QByteArrayView *headerNamed(QByteArrayView name);
    EventKind judge();
    EventKind judgeChange();
    EventKind judgeControl();
    QByteArrayView textOf(QByteArrayView string, QByteArray *unescaped, bool *hasLoneSurrogate) const;
    bool readName(QLatin1StringView member, QByteArrayView token, QByteArray *unescaped, QByteArrayView *name);
    bool readHeader(QLatin1StringView member, QByteArrayView token, QByteArray *unescaped, QByteArrayView *text);
    EventKind fail(const QString &reason);
    bool failWith(const QString &reason);
    EventKind failJson();

    JsonScanner m_scanner;
    QByteArrayView m_element;
    Members m_members;
    HeaderMembers m_headers;
    std::vector<FieldView> m_fields;
    ChangeView m_change;
    ControlEvent m_control;
    QString m_reason;
    // What names are views of that hold escapes.
    QByteArray m_type;
    QByteArray m_key;
    QByteArray m_txid;
    QByteArray m_timestamp;
};

template <typename Visit>
qsizetype EventReader::readMany(QByteArrayView bytes, Visit visit)
{
    const qsizetype size = endOfLastWholeObject(bytes);
    if (size == 0 || !m_scanner.start(bytes.first(size)))
        return 0;
    qsizetype read = 0;
    JsonScanner::Token first = m_scanner.firstToken();
    while (m_scanner.headOf(first) == '{') {
        const JsonScanner::Token behind = readMembers(first);
        if (!behind)
            break;
        const bool isLast = behind == m_scanner.endOfTokens();
        if (!isLast && m_scanner.headOf(behind) != ',')
            break;
        // The piece was cut ahead of a comma.
        const qsizetype end = isLast ? size : qsizetype(*behind);
        m_element = bytes.sliced(*first, end - *first);
        visit(judge());
        read = end + 1;
        first = behind + 1;
    }
    return read;
}

} // namespace DurableStreams
