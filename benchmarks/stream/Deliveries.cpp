// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Deliveries.h"

#include <QCoreApplication>
#include <QJsonDocument>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Deliveries::Deliveries(const QUrl &url, int count)
    : Series(url, count)
{
    m_stream.setEndpoint(m_session.endpoint);
    m_follower.setProgram(QCoreApplication::applicationFilePath());
    m_follower.setArguments({u"follow"_s, u"--url"_s, url.toString(QUrl::FullyEncoded)});
    m_follower.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_follower, &QProcess::readyReadStandardOutput, this, &Deliveries::readFollower);
    connect(&m_follower, &QProcess::finished, this, [] { fail(u"the following process ended"_s); });
}

Deliveries::~Deliveries()
{
    m_follower.disconnect(this);
    m_follower.closeWriteChannel();
    m_follower.waitForFinished();
}

void Deliveries::start()
{
    m_follower.start();
}

void Deliveries::readFollower()
{
    while (m_follower.canReadLine()) {
        const QJsonObject line = QJsonDocument::fromJson(m_follower.readLine()).object();
        if (line.contains("opened"_L1)) {
            Series::start();
        } else if (line["number"_L1].toInt() == m_number) {
            m_arrivedAt = line["at"_L1].toInteger();
            goOn();
        } else {
            fail(u"message %1 came, not %2"_s.arg(line["number"_L1].toInt()).arg(m_number));
        }
    }
}

void Deliveries::turn(int number)
{
    m_number = number;
    m_ready = 0;
    StreamReply *reply = m_stream.append(message(number));
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (isFine(reply->error()))
            goOn();
    });
}

void Deliveries::goOn()
{
    if (++m_ready == 2)
        ended(m_arrivedAt);
}
