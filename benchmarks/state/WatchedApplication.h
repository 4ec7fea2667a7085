// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QGuiApplication>
#include <QTimer>

/*!
 * An application that notes how long its event loop was held.
 *
 * A timer ticks each millisecond; what is between two ticks is one stretch. Of each it is known how late the tick came
 * that ended it, and how much of it went into events for objects that are neither Qt Quick's nor this one's: all work
 * of the framework, what views do in slots of its signals too.
 */
class WatchedApplication : public QGuiApplication
{
    Q_OBJECT

public:
    /*! Of a stretch, in nanoseconds. */
    struct Holds
    {
        qint64 all = 0; //!< how late a tick came
        qint64 framework = 0; //!< by the clock
        qint64 frameworkOnCpu = 0; //!< of the processor's time for this thread
    };

    WatchedApplication(int &argc, char **argv);

    void startWatch();
    /*! Ends the watch. The longest of all stretches. */
    Holds takeHolds();
    /*! All stretches of the watch together. */
    Holds sumOfHolds() const { return m_sum; }

    bool notify(QObject *receiver, QEvent *event) override;

private:
    // A function of its own, so that its instructions can be counted by its name too.
    Q_NEVER_INLINE bool notifyFramework(QObject *receiver, QEvent *event);
    bool isFrameworks(const QObject *receiver) const;
    void endStretch();

    QTimer m_timer;
    Holds m_longest;
    Holds m_sum;
    Holds m_stretch;
    qint64 m_tickedAt = 0;
    int m_depth = 0; // of notify() within notify()
};
