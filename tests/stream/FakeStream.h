// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "FaultServer.h"

#include <QByteArrayList>

/*! One stream in memory, as a handler for FaultServer: enough of the protocol for a client's tests. */
class FakeStream
{
public:
    using Answer = FaultServer::Answer;
    using Request = FaultServer::Request;

    explicit FakeStream(FaultServer *server);

    /*! The 16-digit offset behind \a count elements. */
    static QByteArray offset(qsizetype count);
    /*! The SSE text of elements \a first up to \a last, and of the control event behind them. */
    QByteArray events(qsizetype first, qsizetype last) const;

    Answer answer(const Request &request);
    /*! Adds an element, and tells those who listen by SSE. */
    void add(const QByteArray &element);
    /*! Closes the stream, and tells those who listen by SSE. */
    void close();

    bool exists = true;
    bool isClosed = false;
    bool offersSse = true;
    QByteArray contentType = "application/json";
    QByteArrayList elements;
    qsizetype elementsPerAnswer = 1'000'000;
    qsizetype upToNow = -1; //!< what catch-up reads see; -1: all
    int longPollTime = 50; //!< milliseconds
    QByteArray cursor = "c1";

private:
    struct Writer
    {
        qint64 epoch = -1;
        qint64 sequence = -1;
    };

    Answer read(const Request &request);
    Answer append(const Request &request);
    Answer sse(qsizetype first);
    QByteArray controlEvent(qsizetype count) const;

    FaultServer *m_server;
    QHash<QByteArray, Writer> m_writers;
};
