// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QString>

#include <httplib.h>

namespace DurableStreams {

/*! Who may use the server: bearers of its token, or, where it has none, this machine. */
class AccessRules
{
public:
    explicit AccessRules(const QString &bearerToken);

    /*! Whether the request may go on; otherwise \a response says why not. */
    bool admit(const httplib::Request &request, httplib::Response &response) const;

    /*! What a browser asks for before it lets a page of another origin use the server. */
    void addCrossOriginHeaders(const httplib::Request &request, httplib::Response &response) const;

private:
    bool hasToken(const httplib::Request &request) const;

    const QByteArray m_tokenDigest; // empty: no token is asked for
};

} // namespace DurableStreams
