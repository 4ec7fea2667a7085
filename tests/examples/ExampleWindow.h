// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QQmlApplicationEngine>
#include <QString>
#include <QUrl>

#include <functional>

QT_BEGIN_NAMESPACE
class QQuickItem;
class QQuickWindow;
QT_END_NAMESPACE

/*! The window of an example's QML file, in this process, on the stream \a url. */
class ExampleWindow
{
public:
    ExampleWindow(const QString &qmlFile, const QUrl &url, const QVariantMap &moreProperties = {});

    QQuickWindow *window() const { return m_window; } //!< null where the file cannot be loaded

    using Condition = std::function<bool(QQuickItem *)>;
    /*! The first visible item of \a parent, or of the whole window, for which \a condition holds; null without one. */
    QQuickItem *find(const Condition &condition, QQuickItem *parent = nullptr) const;
    QList<QQuickItem *> findAll(const Condition &condition, QQuickItem *parent = nullptr) const;
    /*! Holds for items that have the text \a text. */
    static Condition hasText(const QString &text);

    void click(QQuickItem *item) const;

private:
    QQmlApplicationEngine m_engine;
    QQuickWindow *m_window = nullptr;
};
