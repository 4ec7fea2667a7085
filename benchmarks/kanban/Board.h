// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>
#include <DurableStreams/LiveQuery>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>

#include <QObject>

#include <memory>
#include <vector>

/*! Nanoseconds of a clock that all processes of a machine share. */
qint64 now();

/*! What a board keeps while it is shown: the cards, and a sorted view of each column. */
class Board : public QObject
{
    Q_OBJECT

public:
    enum class Views { None, Columns };

    explicit Board(const QUrl &url, Views views = Views::Columns, QObject *parent = nullptr);
    ~Board() override;

    DurableStreams::Collection *cards() const { return m_cards; }
    void open();

Q_SIGNALS:
    /*! All cards are here, as of \a at. */
    void opened(qint64 at);
    /*! A view was told, at \a at, that the card \a key came or moved. */
    void cardArrived(const QString &key, qint64 at);
    void failed(const QString &message);

private:
    void addColumns();
    void watch(DurableStreams::LiveQuery *column);

    DurableStreams::Session m_session;
    DurableStreams::StreamDb m_db;
    DurableStreams::Collection *m_cards;
    std::vector<std::unique_ptr<DurableStreams::LiveQuery>> m_columns;
};
