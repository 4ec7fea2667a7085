// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

class QQuickWindow;

/*!
 * Takes one picture of the board's window once its property `upToDate` stays true, then ends the program.
 *
 * The exit code is 1, with a message on standard error, where the board fails, is not up to date within 30 seconds, or
 * the picture cannot be written.
 */
class Screenshot : public QObject
{
    Q_OBJECT

public:
    Screenshot(QQuickWindow *window, const QString &file, QObject *parent = nullptr);

private Q_SLOTS:
    void watch();
    void take();
    void giveUp();

private:
    void end(int exitCode, const QString &message = {});

    QQuickWindow *m_window;
    QString m_file;
    QTimer m_quiet;
    QTimer m_patience;
};
