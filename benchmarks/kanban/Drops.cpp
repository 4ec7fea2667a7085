// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Drops.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Drops::Drops(const QUrl &url, const QJsonArray &moves, int warmUp, QObject *parent)
    : QObject(parent)
    , m_board(url)
    , m_moves(moves)
    , m_warmUp(warmUp)
{
    m_follower.setProgram(QCoreApplication::applicationFilePath());
    m_follower.setArguments({u"follow"_s, u"--url"_s, url.toString(QUrl::FullyEncoded)});
    m_follower.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_follower, &QProcess::readyReadStandardOutput, this, &Drops::readFollower);
    connect(&m_follower, &QProcess::finished, this, [] { QCoreApplication::exit(1); });
    connect(&m_board, &Board::opened, this, &Drops::goOn);
}

Drops::~Drops()
{
    m_follower.disconnect(this);
    m_follower.closeWriteChannel();
    m_follower.waitForFinished();
}

void Drops::start()
{
    m_follower.start();
    m_board.open();
}

void Drops::readFollower()
{
    while (m_follower.canReadLine()) {
        const QJsonObject line = QJsonDocument::fromJson(m_follower.readLine()).object();
        if (line.contains("opened"_L1))
            goOn();
        else
            onShown(line["key"_L1].toString(), line["at"_L1].toInteger());
    }
}

void Drops::drop()
{
    const QJsonObject move = m_moves[m_current].toObject();
    const QString key = move["key"_L1].toString();
    const QVariantMap patch{{u"column"_s, move["column"_L1].toVariant()},
                            {u"position"_s, move["position"_L1].toVariant()}};
    m_shownAt = m_confirmedAt = 0;
    m_droppedAt = now();
    Transaction *transaction = m_board.cards()->update(key, patch);
    connect(transaction, &Transaction::finished, this, [this, transaction] { onConfirmed(transaction); });
}

void Drops::onConfirmed(Transaction *transaction)
{
    m_confirmedAt = now();
    if (transaction->state() != Transaction::State::Confirmed) {
        QTextStream(stderr) << "bench-kanban: a drop failed: " << transaction->error().message() << Qt::endl;
        QCoreApplication::exit(1);
        return;
    }
    goOn();
}

void Drops::onShown(const QString &key, qint64 at)
{
    if (key != m_moves[m_current].toObject()["key"_L1].toString()) {
        QTextStream(stderr) << "bench-kanban: another card arrived than was dropped: " << key << Qt::endl;
        QCoreApplication::exit(1);
        return;
    }
    m_shownAt = at;
    goOn();
}

// Called twice a drop, and twice at the start: by this process and for the other one.
void Drops::goOn()
{
    if (++m_ready < 2)
        return;
    m_ready = 0;
    if (m_current >= m_warmUp) {
        m_signal.append(m_shownAt - m_droppedAt);
        m_confirmed.append(m_confirmedAt - m_droppedAt);
    }
    if (++m_current < m_moves.size()) {
        drop();
        return;
    }
    report();
    QCoreApplication::quit();
}

void Drops::report() const
{
    const QJsonObject result{{u"signal"_s, m_signal}, {u"confirmed"_s, m_confirmed}};
    QTextStream(stdout) << QJsonDocument(result).toJson(QJsonDocument::Compact) << Qt::endl;
}
