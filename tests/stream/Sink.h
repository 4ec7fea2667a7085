// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamError>
#include <DurableStreams/StreamPosition>

#include <QByteArray>
#include <QByteArrayList>
#include <QObject>
#include <QRegularExpression>

/*!
 * Takes what a StreamReader or a StreamSource gives as its user must: nothing counts before its position, and a restart
 * voids what came since the last one. The content is numbers in arrays.
 */
class Sink
{
public:
    template <typename Reader>
    void watch(Reader *reader)
    {
        QObject::connect(reader, &Reader::restarted, reader, [this] {
            ++restarts;
            pending.clear();
        });
        QObject::connect(reader, &Reader::bytesReceived, reader, [this](const QByteArray &bytes) {
            largestPiece = qMax(largestPiece, bytes.size());
            pending += bytes;
        });
        QObject::connect(reader, &Reader::positionReached, reader,
                         [this](const DurableStreams::StreamPosition &position) { commit(position); });
    }

    /*! The committed numbers, as "1 2 3". */
    QByteArray numbers() const { return committed.join(' '); }

    QByteArray pending;
    QByteArrayList committed;
    DurableStreams::StreamPosition position;
    int restarts = 0;
    int commits = 0;
    qsizetype largestPiece = 0;

private:
    void commit(const DurableStreams::StreamPosition &next)
    {
        ++commits;
        position = next;
        static const QRegularExpression number(QStringLiteral("[^\\[\\],\\s]+"));
        auto match = number.globalMatch(QString::fromUtf8(pending));
        while (match.hasNext())
            committed.append(match.next().captured().toUtf8());
        pending.clear();
    }
};
