// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamEndpoint>
#include <DurableStreams/StreamError>
#include <DurableStreams/StreamNetwork>

#include <QByteArray>
#include <QByteArrayView>
#include <QJsonObject>

/*! Nanoseconds of a clock that all processes of a machine share. */
qint64 now();

/*! Writes \a line to standard output as a line of JSON. */
void print(const QJsonObject &line);

/*! Says on standard error what went wrong, and ends the event loop with a failure. */
void fail(const QString &message);
/*! The same, unless \a error is ok, which is what it returns. */
bool isFine(const DurableStreams::StreamError &error);

/*! Message \a number: a JSON text of some 100 bytes. */
QByteArray message(int number);
/*! The number of the message that \a text is, which it parses. */
int numberOf(QByteArrayView text);

/*! A stream and the connections to it, for all that is measured. */
struct Session
{
    explicit Session(const QUrl &url)
        : endpoint(url)
    {
    }

    DurableStreams::StreamNetwork network;
    DurableStreams::StreamEndpoint endpoint;
};
