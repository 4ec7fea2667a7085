// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamDb>

#include <QQmlListProperty>
#include <QQmlParserStatus>
#include <QtQml/qqml.h>

namespace DurableStreams {

/*! StreamDb in QML: collections are declared as its children, and it starts reading once it is complete. */
class QuickStreamDb : public DurableStreams::StreamDb, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(QQmlListProperty<QObject> data READ data DESIGNABLE false FINAL)
    Q_CLASSINFO("DefaultProperty", "data")
    QML_NAMED_ELEMENT(StreamDb)

public:
    explicit QuickStreamDb(QObject *parent = nullptr);

    /*! All children; the Collections among them join this StreamDb. */
    QQmlListProperty<QObject> data();

    void classBegin() override;
    void componentComplete() override;

private:
    QList<QObject *> m_data;
};

} // namespace DurableStreams
