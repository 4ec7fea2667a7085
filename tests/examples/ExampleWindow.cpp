// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ExampleWindow.h"

#include <QQuickItem>
#include <QQuickWindow>
#include <QTest>

ExampleWindow::ExampleWindow(const QString &qmlFile, const QUrl &url, const QVariantMap &moreProperties)
{
    QVariantMap properties = {{"url", url}, {"token", ""}, {"width", 1000}, {"height", 700}};
    properties.insert(moreProperties);
    m_engine.setInitialProperties(properties);
    m_engine.load(QUrl::fromLocalFile(qmlFile));
    if (!m_engine.rootObjects().isEmpty())
        m_window = qobject_cast<QQuickWindow *>(m_engine.rootObjects().constFirst());
}

QList<QQuickItem *> ExampleWindow::findAll(const Condition &condition, QQuickItem *parent) const
{
    QList<QQuickItem *> found;
    const QList<QQuickItem *> children = (parent ? parent : m_window->contentItem())->childItems();
    for (QQuickItem *child : children) {
        if (!child->isVisible())
            continue;
        if (condition(child))
            found.append(child);
        found.append(findAll(condition, child));
    }
    return found;
}

QQuickItem *ExampleWindow::find(const Condition &condition, QQuickItem *parent) const
{
    return findAll(condition, parent).value(0);
}

ExampleWindow::Condition ExampleWindow::hasText(const QString &text)
{
    return [text](QQuickItem *item) { return item->property("text").toString() == text; };
}

void ExampleWindow::click(QQuickItem *item) const
{
    QVERIFY(item);
    const QPointF centre = item->mapToScene({item->width() / 2, item->height() / 2});
    QTest::mouseClick(m_window, Qt::LeftButton, {}, centre.toPoint());
}
