// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "OptionalType.h"

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QReadWriteLock>
#include <QStringList>
#include <QUrl>
#include <QUuid>

namespace DurableStreams {

namespace {

struct Registry
{
    QReadWriteLock lock;
    QHash<int, OptionalType> types; // by QMetaType::id()
};

Registry &registry()
{
    static Registry instance;
    return instance;
}

template <typename... Values>
void registerAll()
{
    (registerOptionalType<Values>(), ...);
}

void registerOwnTypes()
{
    static const bool isDone = [] {
        registerAll<bool, signed char, uchar, short, ushort, int, uint, long, ulong, qlonglong, qulonglong, float,
                    double, QString, QStringList, QByteArray, QDate, QTime, QDateTime, QUrl, QUuid>();
        return true;
    }();
    Q_UNUSED(isDone)
}

} // namespace

OptionalType OptionalType::of(QMetaType type)
{
    if (!QByteArrayView(type.name()).startsWith("std::optional<"))
        return {};
    registerOwnTypes();
    const QReadLocker locker(&registry().lock);
    return registry().types.value(type.id());
}

void OptionalType::add(QMetaType type, const OptionalType &optional)
{
    const QWriteLocker locker(&registry().lock);
    registry().types.insert(type.id(), optional);
}

} // namespace DurableStreams
