// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamDb>

#include <QImage>
#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>

QT_BEGIN_NAMESPACE
class QWindow;
QT_END_NAMESPACE

/*!
 * Takes one picture of a window once its streams stay up to date, with all writes confirmed, then ends the program.
 *
 * The exit code is 1, with a message on standard error, where a stream fails, is not up to date within 30 seconds, or
 * the picture cannot be written.
 */
class Screenshot : public QObject
{
    Q_OBJECT

public:
    /*! What draws the window; a null image where it cannot be drawn. */
    using Camera = std::function<QImage()>;

    /*! Of \a window, all of whose \a streams live as long as this. */
    Screenshot(QWindow *window, const Camera &camera, const QList<DurableStreams::StreamDb *> &streams,
               const QString &file, QObject *parent = nullptr);

private:
    void watch();
    void take();
    void giveUp();
    void end(int exitCode, const QString &message = {});

    QWindow *m_window;
    Camera m_camera;
    QList<DurableStreams::StreamDb *> m_streams;
    QString m_file;
    QTimer m_quiet;
    QTimer m_patience;
};
