// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "models/DisplayValue_p.h"

#include <DurableStreams/JsonText>

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace DurableStreams {

QVariant displayValue(const QVariant &value)
{
    if (value.typeId() == QMetaType::QString || value.typeId() == QMetaType::QByteArray)
        return value;
    const QVariantList list = value.canConvert<QVariantList>() ? value.toList() : QVariantList();
    const bool isPlainList = !list.isEmpty()
        && std::all_of(list.begin(), list.end(), [](const QVariant &item) { return item.canConvert<QString>(); });
    if (isPlainList) {
        QStringList parts;
        for (const QVariant &item : list)
            parts.append(item.toString());
        return parts.join(u", "_s);
    }
    if (!value.isValid() || value.canConvert<QString>())
        return value;
    return QString::fromUtf8(JsonText::fromVariant(value).view());
}

} // namespace DurableStreams
