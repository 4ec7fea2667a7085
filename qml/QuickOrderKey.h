// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QObject>
#include <QString>
#include <QtQml/qqml.h>

namespace DurableStreams {

/*! OrderKey in QML: see OrderKey::between(). */
class QuickOrderKey : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(OrderKey)
    QML_SINGLETON

public:
    using QObject::QObject;

    Q_INVOKABLE static QString between(const QString &before, const QString &after);
};

} // namespace DurableStreams
