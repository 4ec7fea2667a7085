// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Screenshot.h"

#include <QCoreApplication>
#include <QTextStream>
#include <QWindow>

#include <algorithm>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

Screenshot::Screenshot(QWindow *window, const Camera &camera, const QList<StreamDb *> &streams, const QString &file,
                       QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_camera(camera)
    , m_streams(streams)
    , m_file(file)
{
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(400);
    connect(&m_quiet, &QTimer::timeout, this, &Screenshot::take);
    m_patience.setSingleShot(true);
    m_patience.setInterval(30'000);
    connect(&m_patience, &QTimer::timeout, this, &Screenshot::giveUp);
    for (const StreamDb *stream : streams) {
        connect(stream, &StreamDb::upToDateChanged, this, &Screenshot::watch);
        connect(stream, &StreamDb::pendingCountChanged, this, &Screenshot::watch);
        connect(stream, &StreamDb::statusChanged, this, &Screenshot::watch);
    }
    m_patience.start();
    watch();
}

void Screenshot::watch()
{
    const auto isDone = [](const StreamDb *stream) { return stream->isUpToDate() && stream->pendingCount() == 0; };
    const auto hasFailed = [](const StreamDb *stream) { return stream->status() == StreamDb::Status::Failed; };
    if (std::all_of(m_streams.begin(), m_streams.end(), isDone))
        m_quiet.start();
    else
        m_quiet.stop();
    if (std::any_of(m_streams.begin(), m_streams.end(), hasFailed))
        m_patience.start(0);
}

void Screenshot::take()
{
    const QImage picture = m_camera();
    if (picture.isNull())
        end(1, u"The window cannot be drawn here. Try QT_QPA_PLATFORM=offscreen and QT_QUICK_BACKEND=software."_s);
    else if (!picture.save(m_file))
        end(1,
            u"Cannot write the picture into %1. Give a file that ends in .png or .jpg, in a folder that can be "
            "written."_s.arg(m_file));
    else
        end(0);
}

void Screenshot::giveUp()
{
    QStringList reasons;
    for (const StreamDb *stream : m_streams)
        reasons.append(stream->errorString());
    reasons.removeAll(QString());
    end(1, u"No picture was taken: the window is not up to date. %1"_s.arg(reasons.join(u' ')));
}

void Screenshot::end(int exitCode, const QString &message)
{
    m_quiet.stop();
    m_patience.stop();
    if (!message.isEmpty())
        QTextStream(stderr) << QCoreApplication::applicationName() << u": "_s << message << Qt::endl;
    connect(m_window, &QWindow::visibleChanged, this, [exitCode](bool visible) {
        if (!visible)
            QCoreApplication::exit(exitCode);
    });
    m_window->close();
}
