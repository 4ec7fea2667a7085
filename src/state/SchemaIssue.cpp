// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "SchemaIssue.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace DurableStreams {

QString SchemaIssue::describe(const QByteArray &type, const QString &key, const QList<SchemaIssue> &issues)
{
    constexpr qsizetype mostNamed = 10;
    QStringList parts;
    for (const SchemaIssue &issue : issues.first(std::min(issues.size(), mostNamed)))
        parts.append(issue.path.isEmpty() ? issue.message : issue.path + u": "_s + issue.message);
    if (issues.size() > mostNamed)
        parts.append(u"and %1 more"_s.arg(issues.size() - mostNamed));
    return QString::fromUtf8(type) + u" \""_s + key + u"\": "_s + parts.join(u"; "_s);
}

} // namespace DurableStreams
