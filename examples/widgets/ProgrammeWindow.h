// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "ScreeningCardDelegate.h"
#include "ScreeningDelegate.h"

#include <DurableStreams/LiveQuery>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>
#include <DurableStreams/TableAdapter>

#include <QBoxLayout>
#include <QComboBox>
#include <QDataWidgetMapper>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QTableView>
#include <QWidget>

/*! A festival's programme: one collection in a table, a list, a combo box and a form, edited from each. */
class ProgrammeWindow : public QWidget
{
    Q_OBJECT

public:
    ProgrammeWindow(const QUrl &url, const QString &token);

    DurableStreams::StreamDb *stream() { return &m_db; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void layOut();
    QLayout *makeHead();
    void setUpTable();
    void setUpList();
    void setUpPicker();
    void setUpForm();
    void followStream();
    void fillNewStream();
    void add();
    void removeCurrent();
    void select(int row);
    void showState();

    DurableStreams::Session m_session;
    DurableStreams::StreamDb m_db;
    DurableStreams::Collection *m_screenings;
    DurableStreams::LiveQuery m_programme; // in the order that the table's header says
    DurableStreams::TableAdapter m_cells; // the same with columns
    ScreeningDelegate m_cellDelegate;
    ScreeningCardDelegate m_cardDelegate;
    ScreeningDelegate m_formDelegate;
    QString m_refusal; // of the last write that was taken back

    QPushButton m_bar;
    QLabel m_state;
    QComboBox m_picker;
    QListView m_list;
    QTableView m_table;
    QWidget m_form;
    QDataWidgetMapper m_mapper;
    QBoxLayout m_body{QBoxLayout::LeftToRight};
};
