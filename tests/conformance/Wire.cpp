// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Wire.h"

#include <QJsonDocument>
#include <QStringDecoder>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace Wire {

namespace {

QString wireCode(StreamError::Code code)
{
    using Code = StreamError::Code;
    switch (code) {
    case Code::NetworkError:
        return u"NETWORK_ERROR"_s;
    case Code::Timeout:
        return u"TIMEOUT"_s;
    case Code::NotFound:
        return u"NOT_FOUND"_s;
    case Code::ConflictExists:
        return u"CONFLICT"_s;
    case Code::ConflictSequence:
        return u"SEQUENCE_CONFLICT"_s;
    case Code::StreamClosed:
        return u"STREAM_CLOSED"_s;
    case Code::InvalidOffset:
        return u"INVALID_OFFSET"_s;
    case Code::ParseError:
        return u"PARSE_ERROR"_s;
    case Code::InvalidArgument:
        return u"INVALID_ARGUMENT"_s;
    case Code::BadRequest:
    case Code::Unauthorized:
    case Code::Forbidden:
    case Code::RateLimited:
    case Code::Busy:
    case Code::UnexpectedStatus:
    case Code::WrongContentType:
        return u"UNEXPECTED_STATUS"_s;
    default:
        return u"INTERNAL_ERROR"_s;
    }
}

} // namespace

QByteArray line(const QJsonObject &result)
{
    const QString text = QString::fromUtf8(QJsonDocument(result).toJson(QJsonDocument::Compact));
    QByteArray bytes;
    bytes.reserve(text.size());
    for (const QChar unit : text) {
        if (unit.unicode() < 0x80)
            bytes.append(char(unit.unicode()));
        else
            bytes.append("\\u" + QByteArray::number(unit.unicode(), 16).rightJustified(4, '0'));
    }
    return bytes;
}

QJsonObject success(const QJsonObject &command, const QJsonObject &fields)
{
    QJsonObject result = fields;
    result["type"_L1] = command["type"_L1];
    result["success"_L1] = true;
    return result;
}

QJsonObject failure(const QJsonObject &command, const StreamError &error)
{
    // Drivers look for words in messages, such as "parse"; the code has them.
    const bool isRead = command["type"_L1] == "read"_L1;
    // The offset is all that a read's request can get wrong.
    const QString code = wireCode(
        isRead && error.code() == StreamError::Code::BadRequest ? StreamError::Code::InvalidOffset : error.code());
    QJsonObject result = failure(command, code, code + u": "_s + error.message());
    if (error.httpStatus() != 0)
        result["status"_L1] = error.httpStatus();
    return result;
}

QJsonObject failure(const QJsonObject &command, const QString &errorCode, const QString &message)
{
    return {
        {"type"_L1, "error"_L1},     {"success"_L1, false},   {"commandType"_L1, command["type"_L1]},
        {"errorCode"_L1, errorCode}, {"message"_L1, message},
    };
}

QJsonObject chunk(const QByteArray &bytes, const QByteArray &offset)
{
    QJsonObject result{{"offset"_L1, QString::fromUtf8(offset)}};
    QStringDecoder decoder(QStringDecoder::Utf8,
                           QStringDecoder::Flag::Stateless | QStringDecoder::Flag::ConvertInitialBom);
    const QString text = decoder(bytes);
    if (decoder.hasError()) {
        result["data"_L1] = QString::fromLatin1(bytes.toBase64());
        result["binary"_L1] = true;
    } else {
        result["data"_L1] = text;
    }
    return result;
}

QByteArray data(const QJsonObject &command)
{
    const QByteArray bytes = command["data"_L1].toString().toUtf8();
    return command["binary"_L1].toBool() ? QByteArray::fromBase64(bytes) : bytes;
}

} // namespace Wire
