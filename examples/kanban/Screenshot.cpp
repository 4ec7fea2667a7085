// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Screenshot.h"

#include <QCoreApplication>
#include <QImage>
#include <QQmlProperty>
#include <QQuickWindow>
#include <QTextStream>

using namespace Qt::StringLiterals;

Screenshot::Screenshot(QQuickWindow *window, const QString &file, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_file(file)
{
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(400);
    connect(&m_quiet, &QTimer::timeout, this, &Screenshot::take);
    m_patience.setSingleShot(true);
    m_patience.setInterval(30'000);
    connect(&m_patience, &QTimer::timeout, this, &Screenshot::giveUp);
    QQmlProperty(window, u"upToDate"_s).connectNotifySignal(this, SLOT(watch()));
    QQmlProperty(window, u"broken"_s).connectNotifySignal(this, SLOT(watch()));
    m_patience.start();
    watch();
}

void Screenshot::watch()
{
    if (m_window->property("upToDate").toBool())
        m_quiet.start();
    else
        m_quiet.stop();
    if (m_window->property("broken").toBool())
        m_patience.start(0);
}

void Screenshot::take()
{
    const QImage picture = m_window->grabWindow();
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
    end(1, u"No picture was taken: the board is not up to date. %1"_s.arg(m_window->property("trouble").toString()));
}

void Screenshot::end(int exitCode, const QString &message)
{
    m_quiet.stop();
    m_patience.stop();
    if (!message.isEmpty())
        QTextStream(stderr) << u"kanban: "_s << message << Qt::endl;
    connect(m_window, &QWindow::visibleChanged, this, [exitCode](bool visible) {
        if (!visible)
            QCoreApplication::exit(exitCode);
    });
    m_window->close();
}
