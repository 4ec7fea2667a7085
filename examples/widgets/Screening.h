// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QDate>
#include <QMetaType>
#include <QString>

/*! A row of the programme: its properties are the schema. */
struct Screening
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString film MEMBER film)
    Q_PROPERTY(QString director MEMBER director)
    Q_PROPERTY(QDate day MEMBER day)
    Q_PROPERTY(Hall hall MEMBER hall)
    Q_PROPERTY(int minutes MEMBER minutes)
    Q_PROPERTY(QString notes MEMBER notes)

public:
    enum Hall { Grand, Studio, Garden, Rooftop };
    Q_ENUM(Hall)

    QString id, film, director;
    QDate day;
    Hall hall = Grand;
    int minutes = 90;
    QString notes;
};
