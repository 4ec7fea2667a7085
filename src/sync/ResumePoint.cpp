// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/ResumePoint>

#include <QDataStream>
#include <QIODevice>

namespace DurableStreams {

namespace {

constexpr quint8 Version = 2;
constexpr qsizetype LargestSize = 2 * ResumePoint::LongestOffset + 256;

} // namespace

QByteArray ResumePoint::toBytes() const
{
    QByteArray bytes;
    if (offset.size() > LongestOffset || before.size() > LongestOffset)
        return bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_0);
    out << Version << offset << before << elementCount << hashedCount << hash;
    return bytes;
}

std::optional<ResumePoint> ResumePoint::fromBytes(const QByteArray &bytes)
{
    if (bytes.size() > LargestSize)
        return std::nullopt;
    QDataStream in(bytes);
    in.setVersion(QDataStream::Qt_6_0);
    quint8 version = 0;
    in >> version;
    if (version != Version)
        return std::nullopt;
    ResumePoint point;
    in >> point.offset >> point.before >> point.elementCount >> point.hashedCount >> point.hash;
    const bool isWhole = in.status() == QDataStream::Ok && in.atEnd();
    const bool isSound = !point.offset.isEmpty() && point.hashedCount >= 0 && point.hashedCount <= point.elementCount
        && (point.hashedCount > 0) == (point.elementCount > 0) && (point.elementCount == 0 || !point.before.isEmpty());
    return isWhole && isSound ? std::optional(point) : std::nullopt;
}

} // namespace DurableStreams
