// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "server/StreamLog_p.h"

#include <QByteArray>

#include <httplib.h>

#include <optional>
#include <string>

namespace DurableStreams {

/*! What the fork headers of a PUT ask for (protocol section 4.2). */
struct ForkRequest
{
    QByteArray source; //!< its path below the server's base, percent-decoded
    std::string offset; //!< empty: the source's end
    qint64 subOffset = 0; //!< messages or bytes of the append behind the offset

    /*! False, after an answer of 400, when the headers make no sense; \a fork stays empty when there are none. */
    static bool read(const httplib::Request &request, std::optional<ForkRequest> *fork, httplib::Response &response);

    /*!
     * Completes \a config with the place and with what the request leaves to the source; gives the data behind the
     * place that the fork starts with. Nothing, after an answer, when this fork cannot be made.
     */
    std::optional<QByteArray> resolve(const StreamLog &source, StreamConfig *config, httplib::Response &response) const;

    /*! Whether \a stream is the fork that this request and \a config, resolved or not, would have made. */
    bool isMetBy(const StreamLog &stream, StreamConfig config) const;
};

} // namespace DurableStreams
