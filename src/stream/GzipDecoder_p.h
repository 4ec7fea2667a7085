// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>

#include <memory>

namespace DurableStreams {

/*
 * Unpacks a gzip body (RFC 1952) as it comes, in pieces of bounded size, and knows whether it has all of it. Qt unpacks
 * too, but takes a body for whole that ends anywhere.
 */
class DURABLESTREAMS_EXPORT GzipDecoder
{
public:
    GzipDecoder();
    ~GzipDecoder();
    Q_DISABLE_COPY_MOVE(GzipDecoder)

    void add(const QByteArray &bytes);
    /* The next bytes, 64 KiB at most; none when they take more than was added so far, or nobody can tell them. */
    QByteArray take();
    /* Whether take() may still give something. */
    bool mayHaveMore() const { return m_mayHaveMore; }
    bool isDamaged() const { return m_isDamaged; }
    /* What was added ends where a gzip body may end. */
    bool isWhole() const { return m_isWhole && !m_isDamaged; }

private:
    class Inflation;

    void inflateInput();
    void beginNextMember();

    std::unique_ptr<Inflation> m_inflation;
    QByteArray m_input;
    bool m_mayHaveMore = false;
    bool m_isDamaged = false;
    bool m_isWhole = false;
};

} // namespace DurableStreams
