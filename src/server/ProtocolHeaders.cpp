// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/ProtocolHeaders_p.h"

#include "server/Tokens_p.h"

#include <QDateTime>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr char seqHeader[] = "Stream-Seq";
constexpr char producerIdHeader[] = "Producer-Id";

bool isTrue(const httplib::Request &request, const char *header)
{
    return request.get_header_value(header) == "true";
}

// Empty when it is not a media type.
QByteArray contentType(const httplib::Request &request)
{
    static const QRegularExpression mediaType(u"^[\\w.+-]+/[\\w.+-]+\\s*(;[\\x20-\\x7e]*)?$"_s);
    const QByteArray sent = header(request, "Content-Type").trimmed();
    return mediaType.match(QString::fromLatin1(sent)).hasMatch() ? sent : QByteArray();
}

// False, after an answer, when the request's expiry makes no sense.
bool readExpiry(const httplib::Request &request, StreamConfig *config, httplib::Response &response)
{
    const bool hasTtl = request.has_header(ttlHeader);
    const bool hasTime = request.has_header(expiresHeader);
    if (hasTtl && hasTime) {
        fail(response, 400, u"Stream-TTL and Stream-Expires-At exclude each other."_s);
        return false;
    }
    if (hasTtl) {
        config->ttlSeconds = parseInteger(request.get_header_value(ttlHeader));
        if (!config->ttlSeconds) {
            fail(response, 400, u"Stream-TTL is not a count of seconds in plain decimal digits."_s);
            return false;
        }
    }
    if (hasTime) {
        config->expiresAt = header(request, expiresHeader);
        const auto time = QDateTime::fromString(QString::fromLatin1(config->expiresAt), Qt::ISODateWithMs);
        if (!time.isValid() || time.timeSpec() == Qt::LocalTime) {
            fail(response, 400, u"Stream-Expires-At is not an RFC 3339 time."_s);
            return false;
        }
    }
    return true;
}

// False, after an answer, when the three producer headers do not make one claim or none.
bool readProducer(const httplib::Request &request, std::optional<ProducerClaim> *claim, httplib::Response &response)
{
    const bool hasId = request.has_header(producerIdHeader);
    const bool hasEpoch = request.has_header(producerEpochHeader);
    const bool hasSeq = request.has_header(producerSeqHeader);
    if (!hasId && !hasEpoch && !hasSeq)
        return true;
    const auto epoch = parseInteger(request.get_header_value(producerEpochHeader));
    const auto seq = parseInteger(request.get_header_value(producerSeqHeader));
    const QByteArray id = header(request, producerIdHeader);
    if (id.isEmpty() || !epoch || !seq) {
        fail(response, 400,
             u"Producer-Id, Producer-Epoch and Producer-Seq go together: a name, and two whole numbers from 0 on."_s);
        return false;
    }
    *claim = ProducerClaim{id, *epoch, *seq};
    return true;
}

} // namespace

QByteArray header(const httplib::Request &request, const char *name)
{
    return QByteArray::fromStdString(request.get_header_value(name));
}

void setHeader(httplib::Response &response, const char *name, const QByteArray &value)
{
    response.set_header(name, value.toStdString());
}

void setHeader(httplib::Response &response, const char *name, qint64 value)
{
    response.set_header(name, std::to_string(value));
}

void fail(httplib::Response &response, int status, const QString &message)
{
    response.status = status;
    response.set_content(message.toStdString() + '\n', "text/plain; charset=utf-8");
}

std::optional<StreamConfig> readConfig(const QByteArray &path, const httplib::Request &request,
                                       httplib::Response &response)
{
    StreamConfig config;
    config.path = path;
    config.contentType = contentType(request);
    config.closed = isTrue(request, closedHeader);
    return readExpiry(request, &config, response) ? std::optional(config) : std::nullopt;
}

std::optional<Append> readAppend(const httplib::Request &request, httplib::Response &response)
{
    Append append;
    append.close = isTrue(request, closedHeader);
    if (request.has_header(seqHeader))
        append.streamSeq = header(request, seqHeader);
    return readProducer(request, &append.producer, response) ? std::optional(append) : std::nullopt;
}

} // namespace DurableStreams
