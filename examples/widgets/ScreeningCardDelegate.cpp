// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScreeningCardDelegate.h"

#include "Screening.h"

#include <DurableStreams/RowModel>

#include <QApplication>
#include <QPainter>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr int Margin = 12;
constexpr int DotSize = 9;
constexpr int TextLeft = Margin + DotSize + 10;

QRect titlePlace(const QStyleOptionViewItem &option)
{
    const int height = option.fontMetrics.height() + 2;
    return QRect(option.rect.left() + TextLeft, option.rect.top() + 9, option.rect.width() - TextLeft - 6, height);
}

} // namespace

void ScreeningCardDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *programme = qobject_cast<const RowModel *>(index.model());
    const auto screening = programme ? programme->at<Screening>(index.row()) : std::nullopt;
    if (!screening)
        return;
    QStyleOptionViewItem card = option;
    initStyleOption(&card, index);
    const QString film = std::exchange(card.text, QString());
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &card, painter, card.widget);

    const bool isSelected = card.state.testFlag(QStyle::State_Selected);
    const bool isPending = card.font.italic();
    const QRect title = titlePlace(option);
    const auto line = [&](const QRect &place, const QString &text, QPalette::ColorRole role) {
        painter->setPen(card.palette.color(isSelected ? QPalette::HighlightedText : role));
        painter->drawText(place, Qt::AlignVCenter, card.fontMetrics.elidedText(text, Qt::ElideRight, place.width()));
    };
    const QString details =
        displayText(screening->day, option.locale) + u" · "_s + displayText(screening->minutes, option.locale);
    painter->save();
    painter->setFont(card.font);
    line(title, film, QPalette::Text);
    line(title.translated(0, title.height() + 1), details, QPalette::PlaceholderText);
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor hall = isSelected ? card.palette.color(QPalette::HighlightedText) : colourOf(screening->hall);
    painter->setPen(QPen(hall, 2));
    painter->setBrush(isPending ? QBrush(Qt::NoBrush) : QBrush(hall));
    painter->drawEllipse(QRectF(option.rect.left() + Margin, title.center().y() - DotSize / 2.0, DotSize, DotSize));
    painter->restore();
}

QSize ScreeningCardDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return QSize(120, 2 * option.fontMetrics.height() + 23);
}

void ScreeningCardDelegate::updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                                                 const QModelIndex &) const
{
    editor->setGeometry(titlePlace(option).adjusted(-8, -3, 0, 3));
}
