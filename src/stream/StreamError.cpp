// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "StreamError.h"

#include <QMetaEnum>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

/* A query may carry a token under any name, so no value of it shows; what a read adds to it is not the stream's. */
QUrl withoutSecrets(const QUrl &url)
{
    QUrl shown = url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveFragment | QUrl::RemoveQuery);
    QUrlQuery query;
    for (const auto &[name, value] : QUrlQuery(url).queryItems()) {
        if (value.isEmpty())
            query.addQueryItem(u"***"_s, {}); // perhaps it is all a token
        else if (name != "offset"_L1 && name != "live"_L1 && name != "cursor"_L1)
            query.addQueryItem(name, u"***"_s);
    }
    if (!query.isEmpty())
        shown.setQuery(query);
    return shown;
}

} // namespace

StreamError::StreamError(Code code, const QString &message, const QUrl &url, int httpStatus, const QByteArray &offset)
    : m_code(code)
    , m_httpStatus(httpStatus)
    , m_message(message)
    , m_url(withoutSecrets(url))
    , m_offset(offset)
{
}

bool StreamError::isRetryable() const
{
    switch (m_code) {
    case Code::NetworkError:
    case Code::Timeout:
    case Code::RateLimited:
    case Code::Busy:
        return true;
    default:
        return false;
    }
}

QDebug operator<<(QDebug debug, const StreamError &error)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "StreamError(" << QMetaEnum::fromType<StreamError::Code>().valueToKey(int(error.code()));
    if (error.httpStatus() != 0)
        debug << ", HTTP " << error.httpStatus();
    if (!error.message().isEmpty())
        debug << ", " << error.message();
    return debug << ')';
}

} // namespace DurableStreams
