// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "RemoteBoard.h"

#include <QDeadlineTimer>
#include <QSignalSpy>
#include <QtTest>

RemoteBoard::RemoteBoard(const QUrl &url, const Options &options)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(BOARD_PROCESS,
                    {url.toString(), options.userName, options.writesSample ? "true" : "false",
                     QString::number(int(options.liveMode)), options.storageFolder});
}

RemoteBoard::~RemoteBoard()
{
    m_process.closeWriteChannel();
    m_process.waitForFinished();
}

void RemoteBoard::tell(const QString &line)
{
    m_process.write(line.toUtf8() + '\n');
}

QString RemoteBoard::next(const QString &start)
{
    const QDeadlineTimer limit(30'000);
    QSignalSpy spy(&m_process, &QProcess::readyReadStandardOutput);
    do {
        while (m_process.canReadLine()) {
            const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
            if (line.startsWith(start))
                return line;
        }
    } while (spy.wait(int(limit.remainingTime())));
    return {};
}

QStringList RemoteBoard::ask(const QString &command)
{
    tell(command);
    QStringList answer;
    for (QString line = next(""); line != "end" && !line.isEmpty(); line = next("")) {
        if (line.startsWith(command + ' '))
            answer.append(line.mid(command.size() + 1));
    }
    return answer;
}

QHash<QString, QString> RemoteBoard::cards()
{
    QHash<QString, QString> columns;
    const QStringList lines = ask("cards");
    for (const QString &line : lines)
        columns.insert(line.section(' ', 0, 0), line.section(' ', 1, 1));
    return columns;
}

bool RemoteBoard::sees(const QString &card, const QString &column)
{
    for (int i = 0; i < 200; ++i) {
        tell("where " + card);
        if (next("seen " + card) == "seen " + card + ' ' + column)
            return true;
        QTest::qWait(20);
    }
    return false;
}

void RemoteBoard::kill()
{
    m_process.kill();
    m_process.waitForFinished();
}
