// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Icon.h"

#include <QtCore/QHash>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace {

// Shapes on a 24 by 24 grid. M, L, C and Z as in SVG; O is a circle (centre, radius), R a rounded rectangle
// (corner, size, radius), D a filled dot (centre, radius).
struct Shape
{
    const char *name;
    const char *outline;
};

constexpr std::array shapes = {
    Shape{"plus", "M 12 5 L 12 19 M 5 12 L 19 12"},
    Shape{"more", "D 5 12 1.7 D 12 12 1.7 D 19 12 1.7"},
    Shape{"search", "O 10.8 10.8 6.3 M 15.6 15.6 L 20.2 20.2"},
    Shape{"close", "M 6 6 L 18 18 M 18 6 L 6 18"},
    Shape{"check", "M 5 12.6 L 10 17.4 L 19 7"},
    Shape{"calendar", "R 4 5.5 16 14.5 2.5 M 4 10.2 L 20 10.2 M 8.5 3.4 L 8.5 7 M 15.5 3.4 L 15.5 7"},
    Shape{"text", "M 4.5 7 L 19.5 7 M 4.5 12 L 19.5 12 M 4.5 17 L 13 17"},
    Shape{"checklist", "R 4 4 16 16 3.5 M 8.4 12.2 L 11 14.8 L 15.8 9.4"},
    Shape{"trash",
          "M 4.5 7 L 19.5 7 M 9 7 L 9 4.5 L 15 4.5 L 15 7 M 6.5 7 L 7.4 20 L 16.6 20 L 17.5 7 M 10 11 L 10 16.2 "
          "M 14 11 L 14 16.2"},
    Shape{"edit", "M 4.5 19.5 L 5.5 15.2 L 15.8 4.9 L 19.1 8.2 L 8.8 18.5 Z"},
    Shape{"user", "O 12 8 3.8 M 4.6 20 C 5.2 15.8 8.4 14.4 12 14.4 C 15.6 14.4 18.8 15.8 19.4 20"},
    Shape{"tag", "M 4.4 5.6 L 4.4 12.2 L 12 19.8 L 19.8 12 L 12.2 4.4 L 5.6 4.4 Z D 8.6 8.6 1.4"},
    Shape{"columns", "R 4 4.5 6.4 15 2 R 13.6 4.5 6.4 9.5 2"},
    Shape{"keyboard", "R 2.8 6 18.4 12 2.6 M 8 14.4 L 16 14.4 D 7 10.2 1 D 12 10.2 1 D 17 10.2 1"},
    Shape{"warning", "M 12 4.2 L 21 19.6 L 3 19.6 Z M 12 10 L 12 13.8 D 12 16.6 1.1"},
    Shape{"offline",
          "M 3.5 10.4 C 5.2 8.8 7.2 7.6 9.4 7 M 14.6 7 C 16.8 7.6 18.8 8.8 20.5 10.4 M 7.2 14 C 8 13.2 9 12.6 10.2 "
          "12.3 M 15.4 12.9 C 15.9 13.2 16.4 13.6 16.8 14 D 12 18 1.3 M 5 4.5 L 19 19.5"},
    Shape{"chevron-down", "M 6.5 9.5 L 12 15 L 17.5 9.5"},
    Shape{"chevron-left", "M 14.5 6.5 L 9 12 L 14.5 17.5"},
    Shape{"chevron-right", "M 9.5 6.5 L 15 12 L 9.5 17.5"},
    Shape{"arrow-left", "M 19.5 12 L 4.5 12 M 10.5 6 L 4.5 12 L 10.5 18"},
    Shape{"arrow-right", "M 4.5 12 L 19.5 12 M 13.5 6 L 19.5 12 L 13.5 18"},
    Shape{"inbox",
          "M 4 13 L 6.6 5.5 L 17.4 5.5 L 20 13 L 20 18.5 L 4 18.5 Z M 4 13 L 8.6 13 L 10 15.4 L 14 15.4 L 15.4 13 L "
          "20 13"},
    Shape{"drop",
          "M 12 3.8 C 15.2 7.6 17.8 10.6 17.8 14.2 C 17.8 17.4 15.2 20 12 20 C 8.8 20 6.2 17.4 6.2 14.2 C "
          "6.2 10.6 8.8 7.6 12 3.8 Z"},
    Shape{"eye",
          "M 2.8 12 C 5.2 7.6 8.4 5.6 12 5.6 C 15.6 5.6 18.8 7.6 21.2 12 C 18.8 16.4 15.6 18.4 12 18.4 C 8.4 "
          "18.4 5.2 16.4 2.8 12 Z O 12 12 2.8"},
    Shape{"clock", "O 12 12 8 M 12 7.4 L 12 12 L 15.2 14"},
    Shape{"info", "O 12 12 8.4 M 12 11.4 L 12 16 D 12 8.2 1.1"},
    Shape{"again",
          "M 19 12 C 19 15.9 15.9 19 12 19 C 8.1 19 5 15.9 5 12 C 5 8.1 8.1 5 12 5 C 14.6 5 16.8 6.3 18 8.4 M 18.6 4 L "
          "18.4 8.8 L 13.6 8.6"},
};

struct Drawing
{
    QPainterPath lines;
    QPainterPath dots;
};

Drawing parse(const char *outline)
{
    Drawing drawing;
    const QList<QByteArray> words = QByteArray(outline).split(' ');
    qsizetype at = 0;
    const auto number = [&] { return words.value(at++).toDouble(); };
    const auto point = [&] {
        const qreal x = number();
        return QPointF(x, number());
    };
    while (at < words.size()) {
        switch (words.at(at++).front()) {
        case 'M':
            drawing.lines.moveTo(point());
            break;
        case 'L':
            drawing.lines.lineTo(point());
            break;
        case 'C': {
            const QPointF first = point();
            const QPointF second = point();
            drawing.lines.cubicTo(first, second, point());
            break;
        }
        case 'Z':
            drawing.lines.closeSubpath();
            break;
        case 'O': {
            const QPointF centre = point();
            const qreal radius = number();
            drawing.lines.addEllipse(centre, radius, radius);
            break;
        }
        case 'R': {
            const QPointF corner = point();
            const QPointF size = point();
            const qreal radius = number();
            drawing.lines.addRoundedRect(QRectF(corner, QSizeF(size.x(), size.y())), radius, radius);
            break;
        }
        case 'D': {
            const QPointF centre = point();
            const qreal radius = number();
            drawing.dots.addEllipse(centre, radius, radius);
            break;
        }
        }
    }
    return drawing;
}

const Drawing &drawingOf(const QString &name)
{
    static const QHash<QString, Drawing> drawings = [] {
        QHash<QString, Drawing> all;
        for (const Shape &shape : shapes)
            all.insert(QString::fromLatin1(shape.name), parse(shape.outline));
        return all;
    }();
    static const Drawing nothing;
    const auto found = drawings.constFind(name);
    return found == drawings.cend() ? nothing : *found;
}

} // namespace

Icon::Icon(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    setImplicitSize(16, 16);
}

void Icon::setName(const QString &name)
{
    if (m_name == name)
        return;
    m_name = name;
    update();
    Q_EMIT nameChanged();
}

void Icon::setColor(const QColor &color)
{
    if (m_color == color)
        return;
    m_color = color;
    update();
    Q_EMIT colorChanged();
}

void Icon::paint(QPainter *painter)
{
    const Drawing &drawing = drawingOf(m_name);
    const qreal side = std::min(width(), height());
    painter->setRenderHint(QPainter::Antialiasing);
    painter->translate((width() - side) / 2, (height() - side) / 2);
    painter->scale(side / 24, side / 24);
    // Small icons need the thicker line to keep about 1.5 pixels.
    const qreal thickness = std::clamp(24 * 1.5 / side, 1.7, 2.6);
    painter->strokePath(drawing.lines, QPen(m_color, thickness, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->fillPath(drawing.dots, m_color);
}
