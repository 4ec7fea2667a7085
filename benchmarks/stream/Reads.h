// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Series.h"

#include <DurableStreams/StreamReader>

#include <memory>

/*! Reads a short stream from its start, again and again; a turn lasts until all of it is parsed and up to date. */
class Reads : public Series
{
    Q_OBJECT

public:
    using Series::Series;

protected:
    void turn(int number) override;

private:
    void take();

    std::unique_ptr<DurableStreams::StreamReader> m_reader;
    int m_last = -1; // number of the message read last
};
