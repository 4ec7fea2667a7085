// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Screening.h"

#include <QColor>
#include <QMetaType>
#include <QStyledItemDelegate>

/*!
 * Shows and edits the fields of a screening, in every view and in the form.
 *
 * What the stream has not confirmed yet is in italics. An editor that somebody types in keeps what is typed, whatever
 * arrives meanwhile.
 */
class ScreeningDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /*! What edits a value of \a type. */
    static QWidget *makeEditor(QMetaType type, QWidget *parent);
    static QColor colourOf(Screening::Hall hall);

    QString displayText(const QVariant &value, const QLocale &locale) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void setEditorData(QWidget *editor, const QModelIndex &index) const override;
    void setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const override;

protected:
    bool eventFilter(QObject *object, QEvent *event) override;
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};
