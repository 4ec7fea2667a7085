// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamCommands.h"

#include "Environment.h"

#include <DurableStreams/Stream>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace StreamCommands {

namespace {

// What the suite calls a success, whichever of 200 and 204 the server chose.
constexpr int Accepted = 200;

Stream *newStream(Environment &environment, const StreamEndpoint &endpoint)
{
    auto *stream = new Stream(&environment.network);
    stream->setEndpoint(endpoint);
    stream->setRequestLimit(environment.requestLimit());
    stream->setRetryPolicy(Environment::retryPolicy());
    stream->setRepeatsUnansweredAppends(true);
    return stream;
}

/* Calls \a onSuccess for the fields of the result once \a reply ends well, and is done in any case. */
template <typename OnSuccess>
void whenFinished(Stream *stream, StreamReply *reply, const QJsonObject &command, const Wire::Done &done,
                  OnSuccess onSuccess)
{
    QObject::connect(reply, &StreamReply::finished, stream, [=] {
        stream->deleteLater();
        done(reply->error().isOk() ? Wire::success(command, onSuccess(reply)) : Wire::failure(command, reply->error()));
    });
}

QString path(const QJsonObject &command)
{
    return command["path"_L1].toString();
}

QString nextOffset(const StreamReply *reply)
{
    return QString::fromUtf8(reply->nextOffset());
}

/* One append is one value of a JSON stream: the server unpacks one array. */
QByteArray body(const QByteArray &bytes, bool isJson)
{
    return isJson ? '[' + bytes + ']' : bytes;
}

bool readConfiguration(const QJsonObject &command, Stream::Configuration *configuration)
{
    configuration->contentType = command["contentType"_L1].toString(u"application/octet-stream"_s).toLatin1();
    configuration->timeToLive = command["ttlSeconds"_L1].toInteger(-1);
    configuration->closed = command["closed"_L1].toBool();
    configuration->content = Wire::data(command);
    if (const QString expiresAt = command["expiresAt"_L1].toString(); !expiresAt.isEmpty()) {
        configuration->expiresAt = QDateTime::fromString(expiresAt, Qt::ISODateWithMs);
        return configuration->expiresAt.isValid();
    }
    return true;
}

} // namespace

void create(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    Stream::Configuration configuration;
    if (!readConfiguration(command, &configuration))
        return done(Wire::failure(command, u"INVALID_ARGUMENT"_s, u"expiresAt is no ISO 8601 time."_s));
    Stream *stream = newStream(environment, environment.endpoint(command));
    whenFinished(stream, stream->create(configuration), command, done,
                 [&environment, command, type = configuration.contentType](const StreamReply *reply) {
                     environment.noteContentType(path(command), type);
                     return QJsonObject{{"status"_L1, reply->httpStatus()}, {"offset"_L1, nextOffset(reply)}};
                 });
}

void connect(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    Stream *stream = newStream(environment, environment.endpoint(command));
    whenFinished(stream, stream->head(), command, done, [&environment, command](const StreamReply *reply) {
        environment.noteContentType(path(command), reply->contentType());
        return QJsonObject{{"status"_L1, reply->httpStatus()}, {"offset"_L1, nextOffset(reply)}};
    });
}

void head(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    Stream *stream = newStream(environment, environment.endpoint(command));
    whenFinished(stream, stream->head(), command, done, [&environment, command](const StreamReply *reply) {
        environment.noteContentType(path(command), reply->contentType());
        QJsonObject fields{
            {"status"_L1, reply->httpStatus()},
            {"offset"_L1, nextOffset(reply)},
            {"contentType"_L1, QString::fromLatin1(reply->contentType())},
            {"streamClosed"_L1, reply->isClosed()},
        };
        if (reply->timeToLive() >= 0)
            fields["ttlSeconds"_L1] = reply->timeToLive();
        if (reply->expiresAt().isValid())
            fields["expiresAt"_L1] = reply->expiresAt().toUTC().toString(Qt::ISODateWithMs);
        return fields;
    });
}

void remove(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    Stream *stream = newStream(environment, environment.endpoint(command));
    whenFinished(stream, stream->remove(), command, done, [&environment, command](const StreamReply *) {
        environment.forgetContentType(path(command));
        return QJsonObject{{"status"_L1, Accepted}};
    });
}

void append(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    const auto sent = std::make_shared<StreamEndpoint::Fields>();
    StreamEndpoint endpoint = environment.endpoint(command);
    environment.dynamicFields.install(endpoint, sent);
    Stream *stream = newStream(environment, endpoint);
    stream->setContentType(environment.contentType(path(command)));
    const QJsonValue sequence = command["seq"_L1];
    StreamReply *reply =
        stream->append(body(Wire::data(command), environment.isJson(path(command))),
                       sequence.isUndefined() ? QByteArray() : QByteArray::number(sequence.toInteger()));
    whenFinished(stream, reply, command, done, [sent](const StreamReply *reply) {
        QJsonObject fields = DynamicFields::report(sent);
        fields["status"_L1] = Accepted;
        fields["offset"_L1] = nextOffset(reply);
        return fields;
    });
}

void close(Environment &environment, const QJsonObject &command, const Wire::Done &done)
{
    const QString type = command["contentType"_L1].toString();
    if (!type.isEmpty())
        environment.noteContentType(path(command), type.toLatin1());
    Stream *stream = newStream(environment, environment.endpoint(command));
    stream->setContentType(environment.contentType(path(command)));
    const QByteArray last = Wire::data(command);
    StreamReply *reply = stream->close(last.isEmpty() ? QByteArray() : body(last, environment.isJson(path(command))));
    whenFinished(stream, reply, command, done,
                 [](const StreamReply *reply) { return QJsonObject{{"finalOffset"_L1, nextOffset(reply)}}; });
}

} // namespace StreamCommands
