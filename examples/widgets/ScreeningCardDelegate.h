// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "ScreeningDelegate.h"

/*! Shows a screening in two lines, with a dot that is hollow while the stream has not confirmed what it shows. */
class ScreeningCardDelegate : public ScreeningDelegate
{
    Q_OBJECT

public:
    using ScreeningDelegate::ScreeningDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const override;
};
