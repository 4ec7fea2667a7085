// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "CardDb.h"

#include "../stream/Session.h"

using namespace Qt::StringLiterals;

using DurableStreams::StreamDb;

DurableStreams::Schema cardSchema()
{
    return DurableStreams::Schema("card", "id",
                                  {"id", "title", "description", "column", "position", "assignee", "labels", "due"});
}

DurableStreams::Schema typedCardSchema()
{
    using DurableStreams::Field;
    return DurableStreams::Schema("card", "id",
                                  {Field::string("id").required(), Field::string("title").required(),
                                   Field::string("description"), Field::string("column").required(),
                                   Field::string("position").required(), Field::string("assignee"),
                                   Field::list("labels", Field::string()), Field::date("due")});
}

CardDb::CardDb(const QUrl &url)
    : m_streamDb(&m_session, u"cards"_s, url)
    , m_cards(m_streamDb.collection(cardSchema()))
{
    m_streamDb.setCreateIfMissing(false);
    m_streamDb.setLiveMode(StreamDb::LiveMode::OnlySse);
    QObject::connect(&m_streamDb, &StreamDb::errorOccurred, &m_streamDb,
                     [](const DurableStreams::StreamError &error) { fail(error.message()); });
}

CardDb::CardDb(DurableStreams::StreamSource *source)
    : CardDb(QUrl())
{
    m_streamDb.setSource(source);
}
