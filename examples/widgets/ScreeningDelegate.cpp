// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ScreeningDelegate.h"

#include <DurableStreams/RowModel>

#include <QApplication>
#include <QComboBox>
#include <QDateEdit>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMetaEnum>
#include <QMetaProperty>
#include <QPainter>
#include <QSpinBox>

#include <utility>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

bool isHall(const QVariant &value)
{
    return value.metaType() == QMetaType::fromType<Screening::Hall>();
}

QVariant editedValue(const QWidget *editor)
{
    return editor->metaObject()->userProperty().read(editor);
}

// The text stands in the editor where it stands in the cell.
QWidget *withAir(QWidget *editor)
{
    auto *line = qobject_cast<QLineEdit *>(editor);
    if (!line)
        line = editor->findChild<QLineEdit *>();
    line->setTextMargins(7, 0, 7, 0);
    return editor;
}

} // namespace

QColor ScreeningDelegate::colourOf(Screening::Hall hall)
{
    static const QColor colours[] = {0xc2456b, 0x3f72c4, 0x3d8f5f, 0xb8742a};
    return colours[hall];
}

QString ScreeningDelegate::displayText(const QVariant &value, const QLocale &locale) const
{
    if (value.typeId() == QMetaType::QDate)
        return locale.toString(value.toDate(), u"ddd d MMM"_s);
    return value.typeId() == QMetaType::Int ? tr("%1 min").arg(value.toInt()) : value.toString();
}

void ScreeningDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const auto state = index.data(RowModel::RowStateRole).value<RowModel::RowState>();
    option->font.setItalic(state == RowModel::RowState::Pending);
    option->state.setFlag(QStyle::State_HasFocus, false);
}

// A hall is a word in its colour's pill; all else is text with some air around it.
void ScreeningDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString text = std::exchange(cell.text, QString());
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
    const bool isSelected = cell.state.testFlag(QStyle::State_Selected);
    QRect place = cell.rect.adjusted(10, 0, -10, 0);
    QColor ink = cell.palette.color(isSelected ? QPalette::HighlightedText : QPalette::Text);
    painter->save();
    painter->setFont(cell.font);
    if (isHall(index.data())) {
        const QFontMetrics metrics(cell.font);
        const QSize pill(metrics.horizontalAdvance(text) + 20, metrics.height() + 6);
        place = QStyle::alignedRect(cell.direction, Qt::AlignLeft | Qt::AlignVCenter, pill, place);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colourOf(index.data().value<Screening::Hall>()));
        painter->drawRoundedRect(place, pill.height() / 2.0, pill.height() / 2.0);
        cell.displayAlignment = Qt::AlignCenter;
        ink = Qt::white;
    }
    painter->setPen(ink);
    painter->drawText(place, int(cell.displayAlignment),
                      cell.fontMetrics.elidedText(text, Qt::ElideRight, place.width()));
    painter->restore();
}

QWidget *ScreeningDelegate::makeEditor(QMetaType type, QWidget *parent)
{
    if (type == QMetaType::fromType<Screening::Hall>()) {
        auto *box = new QComboBox(parent);
        const auto halls = QMetaEnum::fromType<Screening::Hall>();
        for (int i = 0; i < halls.keyCount(); ++i)
            box->addItem(QString::fromLatin1(halls.key(i)));
        return box;
    }
    if (type.id() == QMetaType::QDate) {
        auto *date = new QDateEdit(parent);
        date->setCalendarPopup(true);
        date->setDisplayFormat(u"ddd d MMM yyyy"_s);
        return withAir(date);
    }
    if (type.id() == QMetaType::Int) {
        auto *number = new QSpinBox(parent);
        number->setRange(1, 900);
        number->setSuffix(tr(" min"));
        return withAir(number);
    }
    return withAir(new QLineEdit(parent));
}

QWidget *ScreeningDelegate::createEditor(QWidget *parent, const QStyleOptionViewItem &, const QModelIndex &index) const
{
    QWidget *const editor = makeEditor(index.data(Qt::EditRole).metaType(), parent);
    editor->setAutoFillBackground(true);
    return editor;
}

void ScreeningDelegate::setEditorData(QWidget *editor, const QModelIndex &index) const
{
    const QString key = index.data(RowModel::KeyRole).toString();
    const bool isSameRow = editor->property("key").toString() == key;
    if (isSameRow && editor->property("shown") != editedValue(editor))
        return;
    QStyledItemDelegate::setEditorData(editor, index);
    editor->setProperty("key", key);
    editor->setProperty("shown", editedValue(editor));
}

void ScreeningDelegate::setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const
{
    editor->setProperty("shown", editedValue(editor));
    QStyledItemDelegate::setModelData(editor, model, index);
}

// What is typed goes only when somebody gives it up.
bool ScreeningDelegate::eventFilter(QObject *object, QEvent *event)
{
    auto *const editor = qobject_cast<QWidget *>(object);
    if (editor && event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Cancel))
        editor->setProperty("shown", editedValue(editor));
    return QStyledItemDelegate::eventFilter(object, event);
}
