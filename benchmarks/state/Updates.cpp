// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Updates.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <utility>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Updates::Updates(const QUrl &url, const QByteArrayList &updates)
    : Series(url, int(updates.size()) * 10 / 11)
    , m_updates(updates)
{
    for (const QByteArray &update : updates)
        m_positions.append(QJsonDocument::fromJson(update)["value"_L1]["position"_L1].toString());
    m_stream.setEndpoint(m_session.endpoint);
    m_follower.setProgram(QCoreApplication::applicationFilePath());
    m_follower.setArguments({u"follow"_s, u"--url"_s, url.toString(QUrl::FullyEncoded)});
    m_follower.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_follower, &QProcess::readyReadStandardOutput, this, &Updates::readFollower);
    connect(&m_follower, &QProcess::finished, this, [] { fail(u"the following process ended"_s); });
}

Updates::~Updates()
{
    m_follower.disconnect(this);
    m_follower.closeWriteChannel();
    m_follower.waitForFinished();
}

void Updates::start()
{
    m_follower.start();
}

void Updates::readFollower()
{
    while (m_follower.canReadLine()) {
        const QJsonObject line = QJsonDocument::fromJson(m_follower.readLine()).object();
        if (line.contains("opened"_L1)) {
            Series::start();
        } else if (line["position"_L1].toString() == m_positions[m_number]) {
            m_arrivedAt = line["at"_L1].toInteger();
            goOn();
        } else {
            fail(u"another update came than was appended"_s);
        }
    }
}

void Updates::turn(int number)
{
    m_number = number;
    m_ready = 0;
    StreamReply *reply = m_stream.append(m_updates[number]);
    connect(reply, &StreamReply::finished, this, [this, reply] {
        if (isFine(reply->error()))
            goOn();
    });
}

void Updates::goOn()
{
    if (++m_ready == 2)
        ended(m_arrivedAt);
}

UpdateFollower::UpdateFollower(const QUrl &url)
    : m_db(url)
    , m_positionRole(m_db.cards()->roleOf("position"))
{
    connect(m_db.streamDb(), &StreamDb::statusChanged, this, &UpdateFollower::openOnce);
    connect(m_db.streamDb(), &StreamDb::transportChanged, this, &UpdateFollower::openOnce);
}

void UpdateFollower::start()
{
    m_db.streamDb()->preload();
}

void UpdateFollower::openOnce()
{
    const StreamDb *streamDb = m_db.streamDb();
    const bool isOpen =
        streamDb->status() == StreamDb::Status::Live && streamDb->transport() == StreamDb::Transport::Sse;
    if (!isOpen || std::exchange(m_isOpen, true))
        return;
    connect(m_db.cards(), &Collection::dataChanged, this, &UpdateFollower::show);
    print({{u"opened"_s, true}});
}

void UpdateFollower::show(const QModelIndex &first, const QModelIndex &last) const
{
    const qint64 at = now();
    for (int row = first.row(); row <= last.row(); ++row)
        print({{u"position"_s, first.siblingAtRow(row).data(m_positionRole).toString()}, {u"at"_s, at}});
}
