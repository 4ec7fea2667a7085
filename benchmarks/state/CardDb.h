// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Collection>
#include <DurableStreams/Schema>
#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>

#include <QUrl>

/*! The collection that everything here is measured on. */
DurableStreams::Schema cardSchema();
/*! The same, with a type for each field. */
DurableStreams::Schema typedCardSchema();

/*! A stream of cards with a session of its own, as an app would have it. */
class CardDb
{
public:
    /*! News come by Server-Sent Events. */
    explicit CardDb(const QUrl &url);
    explicit CardDb(DurableStreams::StreamSource *source);

    DurableStreams::StreamDb *streamDb() { return &m_streamDb; }
    DurableStreams::Collection *cards() const { return m_cards; }

private:
    DurableStreams::Session m_session;
    DurableStreams::StreamDb m_streamDb;
    DurableStreams::Collection *m_cards;
};
