// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Session.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QTextStream>

#include <chrono>

using namespace Qt::StringLiterals;

qint64 now()
{
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void print(const QJsonObject &line)
{
    static QTextStream out(stdout);
    out << QJsonDocument(line).toJson(QJsonDocument::Compact) << Qt::endl;
}

void fail(const QString &message)
{
    QTextStream(stderr) << QCoreApplication::applicationName() << ": "_L1 << message << Qt::endl;
    QCoreApplication::exit(1);
}

bool isFine(const DurableStreams::StreamError &error)
{
    if (!error.isOk())
        fail(error.message());
    return error.isOk();
}

QByteArray message(int number)
{
    static const QByteArray text(80, 'x');
    return "{\"number\":" + QByteArray::number(number) + ",\"text\":\"" + text + "\"}";
}

int numberOf(QByteArrayView text)
{
    const QByteArray bytes = QByteArray::fromRawData(text.data(), text.size());
    return QJsonDocument::fromJson(bytes).object().value("number"_L1).toInt(-1);
}
