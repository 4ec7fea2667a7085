// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "server/ForkRequest_p.h"

#include "server/JsonMessages_p.h"
#include "server/ProtocolHeaders_p.h"
#include "server/ServerLogging_p.h"
#include "server/Tokens_p.h"

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

constexpr char fromHeader[] = "Stream-Forked-From";
constexpr char offsetHeader[] = "Stream-Fork-Offset";
constexpr char subOffsetHeader[] = "Stream-Fork-Sub-Offset";

// False when the content types differ.
bool inherit(const StreamConfig &source, StreamConfig *config)
{
    if (config->contentType.isEmpty())
        config->contentType = source.contentType;
    if (!config->ttlSeconds && config->expiresAt.isEmpty()) {
        config->ttlSeconds = source.ttlSeconds;
        config->expiresAt = source.expiresAt;
    }
    return StreamConfig::mediaType(config->contentType) == StreamConfig::mediaType(source.contentType);
}

// The first count messages or bytes of one append, as it is stored.
std::optional<QByteArray> beginning(const StreamConfig &config, const QByteArray &append, qint64 count)
{
    if (config.isJson())
        return JsonMessages::first(append, count);
    return count > append.size() ? std::nullopt : std::optional(append.left(count));
}

} // namespace

bool ForkRequest::read(const httplib::Request &request, std::optional<ForkRequest> *fork, httplib::Response &response)
{
    if (!request.has_header(fromHeader)) {
        if (!request.has_header(offsetHeader) && !request.has_header(subOffsetHeader))
            return true;
        fail(response, 400, u"Stream-Fork-Offset and Stream-Fork-Sub-Offset go with Stream-Forked-From."_s);
        return false;
    }
    const QByteArray source = QByteArray::fromPercentEncoding(header(request, fromHeader));
    if (!source.startsWith(basePath) || source == basePath) {
        fail(response, 404,
             u"Stream-Forked-From names no stream: they live below %1 here."_s.arg(QLatin1StringView(basePath)));
        return false;
    }
    ForkRequest asked{source.mid(qstrlen(basePath)), request.get_header_value(offsetHeader), 0};
    if (request.has_header(subOffsetHeader)) {
        const auto subOffset = parseInteger(request.get_header_value(subOffsetHeader));
        if (!subOffset) {
            fail(response, 400, u"Stream-Fork-Sub-Offset is not a count in plain decimal digits."_s);
            return false;
        }
        asked.subOffset = *subOffset;
    }
    *fork = asked;
    return true;
}

std::optional<QByteArray> ForkRequest::resolve(const StreamLog &source, StreamConfig *config,
                                               httplib::Response &response) const
{
    const auto refuse = [&response](int status, const QString &message) {
        fail(response, status, message);
        return std::nullopt;
    };
    if (!inherit(source.config(), config))
        return refuse(409, u"The source's content type is %1."_s.arg(QString::fromLatin1(source.config().contentType)));
    const auto place =
        offset.empty() ? OffsetRequest{OffsetRequest::Position, source.end().position} : parseOffset(source, offset);
    if (place.kind != OffsetRequest::Position)
        return refuse(400, u"Stream-Fork-Offset is not an offset of the source."_s);
    const Chunk next = source.read(place.position, subOffset > 0 ? 1 : 0);
    switch (next.status) {
    case Chunk::NotAPlace:
        return refuse(400, u"Stream-Fork-Offset is not an offset that the source gave."_s);
    case Chunk::StreamGone:
        return refuse(409, u"The source was deleted."_s);
    case Chunk::Failed:
        qCWarning(lcServer).noquote() << next.message;
        return refuse(500, next.message);
    case Chunk::Ok:
        break;
    }
    auto data = beginning(*config, next.data, subOffset);
    if (!data)
        return refuse(400, u"Stream-Fork-Sub-Offset goes beyond the append behind the offset."_s);
    config->fork = ForkPoint{this->source, source.generation(), place.position, subOffset};
    return data;
}

bool ForkRequest::isMetBy(const StreamLog &stream, StreamConfig config) const
{
    const auto &existing = stream.config().fork;
    if (!existing || !inherit(stream.source()->config(), &config))
        return false;
    auto place = OffsetRequest{OffsetRequest::Position, existing->position};
    if (!offset.empty())
        place = parseOffset(*stream.source(), offset);
    config.fork = ForkPoint{source, existing->generation, place.position, subOffset};
    return place.kind == OffsetRequest::Position && stream.config().isSameAs(config);
}

} // namespace DurableStreams
