// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "Series.h"

#include <DurableStreams/Stream>

/*! Appends one message after another; a turn lasts until the server has answered. */
class Appends : public Series
{
    Q_OBJECT

public:
    Appends(const QUrl &url, int count);

protected:
    void turn(int number) override;

private:
    DurableStreams::Stream m_stream{&m_session.network};
};
