// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "state/JsonParts_p.h"

#include "state/JsonScanner_p.h"

#include <QSet>

#include <algorithm>

namespace DurableStreams {

QList<QByteArrayView> elementsOf(QByteArrayView array)
{
    QList<QByteArrayView> elements;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (scanner.start(array) && scanner.head() == '[') {
        scanner.forEachElement([&] {
            elements.append(scanner.skipValue());
            return true;
        });
    }
    return elements;
}

QList<JsonMember> membersOf(QByteArrayView object)
{
    QList<std::pair<QByteArrayView, QByteArrayView>> all;
    JsonScanner &scanner = JsonScanner::ofThisThread();
    if (scanner.start(object) && scanner.head() == '{') {
        scanner.forEachMember([&](QByteArrayView name) {
            all.append({name, scanner.skipValue()});
            return true;
        });
    }
    QList<JsonMember> members;
    QSet<QByteArray> seen;
    for (auto it = all.crbegin(); it != all.crend(); ++it) {
        const QByteArray name = unescapedJson(it->first);
        if (seen.contains(name))
            continue;
        seen.insert(name);
        members.append({name, it->second});
    }
    std::reverse(members.begin(), members.end());
    return members;
}

QByteArray textOfString(QByteArrayView token)
{
    const QByteArrayView raw = token.sliced(1, token.size() - 2);
    return raw.contains('\\') ? unescapedJson(raw) : QByteArray::fromRawData(raw.data(), raw.size());
}

} // namespace DurableStreams
