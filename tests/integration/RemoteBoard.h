// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamDb>

#include <QHash>
#include <QProcess>
#include <QString>
#include <QUrl>

/*! A board in a process of its own; see boardprocess.cpp. Waiting runs the event loop. */
class RemoteBoard
{
public:
    struct Options
    {
        QString userName;
        bool writesSample = false;
        DurableStreams::StreamDb::LiveMode liveMode = DurableStreams::StreamDb::LiveMode::PreferSse;
        QString storageFolder = {}; //!< empty: nothing is kept
    };

    RemoteBoard(const QUrl &url, const Options &options);
    ~RemoteBoard();

    void tell(const QString &line);
    /*! The next line that starts with \a start; empty when none comes in time. */
    QString next(const QString &start);
    /*! What is behind \a command and a blank in the lines of the answer to it, up to the line `end`. */
    QStringList ask(const QString &command);
    /*! The column of each card. */
    QHash<QString, QString> cards();
    /*! Whether the card comes to be seen in \a column: it may still glide there. */
    bool sees(const QString &card, const QString &column);

    /*! Ends the process as SIGKILL does: it can do nothing about it. */
    void kill();

private:
    QProcess m_process;
};
