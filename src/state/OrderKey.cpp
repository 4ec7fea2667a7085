// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "OrderKey.h"

#include <QList>
#include <QRandomGenerator>

#include <algorithm>
#include <iterator>
#include <optional>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

// In the order of their bytes.
constexpr char16_t digits[] = u"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr int base = int(std::size(digits)) - 1;

// At either end of a list positions count up or down in this many digits: a position grows only after millions of them.
constexpr qsizetype countingDigits = 4;
constexpr int suffixDigits = 5;

using Digits = QList<int>;

std::optional<Digits> parsed(const QString &position)
{
    Digits parsed;
    parsed.reserve(position.size());
    for (const QChar c : position) {
        const char16_t *const digit = std::lower_bound(digits, digits + base, c.unicode());
        if (digit == digits + base || *digit != c.unicode())
            return std::nullopt;
        parsed.append(int(digit - digits));
    }
    return parsed;
}

QString randomSuffix()
{
    QRandomGenerator *random = QRandomGenerator::global();
    QString suffix;
    for (int i = 1; i < suffixDigits; ++i)
        suffix.append(digits[random->bounded(base)]);
    // Nothing would fit between a position and the same one with a zero behind it.
    suffix.append(digits[random->bounded(1, base)]);
    return suffix;
}

QString withSuffix(const Digits &prefix)
{
    QString position;
    for (const int digit : prefix)
        position.append(digits[digit]);
    return position + randomSuffix();
}

int digitAt(const Digits &position, qsizetype at)
{
    return at < position.size() ? position[at] : 0;
}

Digits padded(const Digits &position, qsizetype size)
{
    Digits prefix = position.first(std::min(size, position.size()));
    while (prefix.size() < size)
        prefix.append(0);
    return prefix;
}

// \\a prefix as a number, plus \\a amount; what does not fit into its digits is lost.
void add(Digits &prefix, qint64 amount)
{
    for (auto digit = prefix.rbegin(); digit != prefix.rend() && amount != 0; ++digit) {
        const qint64 sum = *digit + amount;
        const qint64 remainder = ((sum % base) + base) % base;
        *digit = int(remainder);
        amount = (sum - remainder) / base;
    }
}

qsizetype leading(const Digits &position, int digit)
{
    const auto other = std::find_if(position.begin(), position.end(), [digit](int d) { return d != digit; });
    return other - position.begin();
}

Digits behind(const Digits &before)
{
    Digits prefix = padded(before, leading(before, base - 1) + countingDigits);
    add(prefix, 1);
    return prefix;
}

// Nothing stands ahead of a position that is all zeros.
std::optional<Digits> aheadOf(const Digits &after)
{
    const qsizetype zeros = leading(after, 0);
    if (zeros == after.size())
        return std::nullopt;
    Digits prefix = padded(after, zeros + countingDigits);
    add(prefix, -1);
    return prefix;
}

// The middle, in as few digits as leave one between the two.
std::optional<Digits> amid(const Digits &before, const Digits &after)
{
    qint64 gap = 0;
    for (qsizetype size = 1; size <= std::max(before.size(), after.size()) + 1; ++size) {
        gap = gap * base + digitAt(after, size - 1) - digitAt(before, size - 1);
        if (gap < 0)
            return std::nullopt;
        if (gap >= 2) {
            Digits prefix = padded(before, size);
            add(prefix, gap / 2);
            return prefix;
        }
    }
    return std::nullopt;
}

std::optional<Digits> prefixBetween(const Digits &before, const Digits &after)
{
    if (before.isEmpty())
        return aheadOf(after);
    return amid(before, after);
}

} // namespace

QString OrderKey::between(const QString &before, const QString &after)
{
    const std::optional<Digits> low = parsed(before);
    if (!low)
        return before + randomSuffix();
    const std::optional<Digits> high = parsed(after);
    if (high && !high->isEmpty()) {
        if (const std::optional<Digits> prefix = prefixBetween(*low, *high))
            return withSuffix(*prefix);
    }
    if (low->isEmpty())
        return withSuffix(padded({base / 2}, countingDigits));
    return withSuffix(behind(*low));
}

} // namespace DurableStreams
