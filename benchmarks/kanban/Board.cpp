// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Board.h"

#include <chrono>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

constexpr const char *ColumnKeys[] = {"backlog", "next", "doing", "review", "done"};

Schema cardSchema()
{
    return Schema("card", "id", {"id", "title", "description", "column", "position", "assignee", "labels", "due"});
}

} // namespace

qint64 now()
{
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

Board::Board(const QUrl &url, Views views, QObject *parent)
    : QObject(parent)
    , m_db(&m_session, u"board"_s, url)
    , m_cards(m_db.collection(cardSchema()))
{
    m_db.setCreateIfMissing(false);
    m_db.setLiveMode(StreamDb::LiveMode::OnlySse);
    if (views == Views::Columns)
        addColumns();
    connect(&m_db, &StreamDb::errorOccurred, this,
            [this](const StreamError &error) { Q_EMIT failed(error.message()); });
}

Board::~Board() = default;

void Board::addColumns()
{
    for (const char *key : ColumnKeys) {
        auto column = std::make_unique<LiveQuery>();
        column->setOrderBy(u"position"_s);
        column->setWhere({{u"column"_s, QString::fromLatin1(key)}});
        column->setFrom(m_cards);
        m_columns.push_back(std::move(column));
    }
}

void Board::open()
{
    auto *once = new QObject(this);
    connect(&m_db, &StreamDb::upToDateChanged, once, [this, once] {
        const qint64 at = now();
        delete once;
        // From here on, so that the first rows are not taken for drops.
        for (const auto &column : m_columns)
            watch(column.get());
        Q_EMIT opened(at);
    });
    m_db.preload();
}

void Board::watch(LiveQuery *column)
{
    connect(column, &LiveQuery::rowsInserted, this, [this, column](const QModelIndex &, int first) {
        const qint64 at = now();
        Q_EMIT cardArrived(column->keyAt(first), at);
    });
    connect(column, &LiveQuery::rowsMoved, this,
            [this, column](const QModelIndex &, int first, int, const QModelIndex &, int destination) {
                const qint64 at = now();
                Q_EMIT cardArrived(column->keyAt(destination > first ? destination - 1 : destination), at);
            });
}
