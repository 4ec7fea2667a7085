// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/GzipDecoder_p.h"

#include <algorithm>
#include <array>

#include <zlib.h>

namespace DurableStreams {

class GzipDecoder::Inflation
{
public:
    Inflation() { isReady = inflateInit2(&stream, gzipAlone) == Z_OK; }
    ~Inflation() { inflateEnd(&stream); }
    Q_DISABLE_COPY_MOVE(Inflation)

    static constexpr int gzipAlone = 16 + MAX_WBITS;

    z_stream stream{};
    std::array<char, 64 * 1024> output;
    bool isReady = false;
};

GzipDecoder::GzipDecoder()
    : m_inflation(std::make_unique<Inflation>())
    , m_isDamaged(!m_inflation->isReady)
{
}

GzipDecoder::~GzipDecoder() = default;

void GzipDecoder::add(const QByteArray &bytes)
{
    m_input += bytes;
    m_mayHaveMore = !m_isDamaged && !m_input.isEmpty();
}

QByteArray GzipDecoder::take()
{
    z_stream &stream = m_inflation->stream;
    auto &output = m_inflation->output;
    stream.next_out = reinterpret_cast<Bytef *>(output.data());
    stream.avail_out = uInt(output.size());
    while (m_mayHaveMore && stream.avail_out > 0)
        inflateInput();
    return {output.data(), qsizetype(output.size() - stream.avail_out)};
}

void GzipDecoder::inflateInput()
{
    z_stream &stream = m_inflation->stream;
    if (m_isWhole)
        beginNextMember();
    stream.next_in = reinterpret_cast<Bytef *>(m_input.data());
    stream.avail_in = uInt(m_input.size());
    const int result = m_isWhole ? Z_STREAM_END : inflate(&stream, Z_NO_FLUSH);
    m_input.remove(0, m_input.size() - qsizetype(stream.avail_in));
    m_isWhole = result == Z_STREAM_END;
    m_isDamaged = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
    m_mayHaveMore = !m_isDamaged && (!m_input.isEmpty() || (stream.avail_out == 0 && !m_isWhole));
}

/* A body is one or more members; some writers fill up to a block's end with zeros. */
void GzipDecoder::beginNextMember()
{
    const bool isPadding = std::all_of(m_input.begin(), m_input.end(), [](char c) { return c == '\0'; });
    if (isPadding)
        m_input.clear();
    else
        inflateReset(&m_inflation->stream);
    m_isWhole = isPadding;
}

} // namespace DurableStreams
