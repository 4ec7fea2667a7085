// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "RetryPolicy.h"
#include "StreamReply.h"

#include "StreamNetwork.h"

#include "stream/HttpExchange_p.h"

namespace DurableStreams {

class StreamReply::Private
{
public:
    /* What a Stream has to say of an operation besides the request. */
    struct Terms
    {
        Attempt attempt = Attempt::Head;
        RetryPolicy policy = {};
        std::chrono::milliseconds requestLimit{0};
        bool repeatsUnanswered = false;
    };

    explicit Private(StreamReply *reply);

    void start(StreamNetwork *streamNetwork, const HttpCall &firstCall, const Terms &operationTerms);
    /* Appends what the sequential device gives, piece by piece, until it ends. */
    void startPieces(StreamNetwork *streamNetwork, const HttpCall &firstCall, const Terms &operationTerms,
                     QIODevice *source);
    void finishLater(const StreamError &failure);
    void finish(const StreamError &outcome);

    StreamReply *const q;
    HttpExchange exchange;
    bool isFinished = false;
    StreamError error;
    qint64 bytesAppended = 0;

    QTimer waitTimer; // for the next try

private:
    void send();
    void sendPiece();
    void readPiece();
    void takeAnswer();
    StreamError judge() const;
    bool mayHaveBeenDone() const;
    bool mayTryAgain(const StreamError &outcome) const;
    void tryAgain(const StreamError &outcome);

    QPointer<StreamNetwork> network;
    HttpCall call;
    Terms terms;
    QPointer<QIODevice> pieces;
    qint64 deviceStart = 0;
    int failures = 0; // in a row
    bool maybeDone = false; // an earlier try had no answer
    bool hasEnded = false; // the device gives no more
    bool isEnding = false; // finished() is on its way
    bool isPiecewise = false;
};

} // namespace DurableStreams
