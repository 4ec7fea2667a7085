// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

/* Standard input, cut into units. */
class InputReader : public QObject
{
    Q_OBJECT

public:
    enum class Unit {
        Line, // without its end; the last one may lack it
        Block, // of BlockSize bytes, but for the last one
        Any // bytes, as many as there are
    };
    static constexpr qsizetype BlockSize = 64 * 1024;

    explicit InputReader(Unit unit, QObject *parent = nullptr);

    /* Nothing is read before start() and while paused. */
    void start() { setPaused(false); }
    void setPaused(bool paused);

Q_SIGNALS:
    void read(const QByteArray &unit);
    void failed(const QString &reason);
    void ended();

private:
    void onReadable();
    void takeUnits();

    const Unit m_unit;
    QSocketNotifier m_notifier;
    QByteArray m_rest;
    bool m_isOver = false;
};
