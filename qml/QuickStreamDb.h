// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "StreamDbReply.h"

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

    /*! See StreamDb::awaitTxId(); \a timeout in milliseconds. */
    Q_INVOKABLE DurableStreams::StreamDbReply *awaitTxId(const QString &txid, int timeout = 5000);
    /*! See StreamDb::save(). */
    Q_INVOKABLE DurableStreams::StreamDbReply *saveAll(int timeout = 5000);

    void classBegin() override;
    void componentComplete() override;

private:
    static void append(QQmlListProperty<QObject> *list, QObject *object);
    static qsizetype count(QQmlListProperty<QObject> *list);
    static QObject *at(QQmlListProperty<QObject> *list, qsizetype index);
    static void clear(QQmlListProperty<QObject> *list);
    static QList<QObject *> &dataOf(QQmlListProperty<QObject> *list);
    void join(QObject *object);

    QList<QObject *> m_data;
    bool m_isComplete = false;
};

} // namespace DurableStreams
