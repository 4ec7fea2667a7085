// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/ChangeSet>
#include <DurableStreams/Engine>

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>

namespace DurableStreams {

/*!
 * Change sets on their way to the models, and what comes behind them, in order. GUI thread only.
 *
 * A slot may run an event loop of its own, as a dialog does: what comes meanwhile waits for its turn. A large change
 * set is looked at in slices, so that its one turn is short.
 */
class CommitQueue : public QObject
{
    Q_OBJECT

public:
    using Condition = std::function<bool()>;
    /*! After it the queue may be gone, or cleared. */
    using Show = std::function<void(const ChangeSet &, const Engine::Preparation &)>;
    /*! Tells a part of a change set ahead of the rest; whether another part is wanted. After it likewise. */
    using ShowPart = std::function<bool(const ChangeSet &, Engine::Preparation *)>;

    /*! \a engine outlives this. While it \a isHeld nothing passes, while it \a isBusy no change set does. */
    CommitQueue(Engine *engine, const Condition &isHeld, const Condition &isBusy, const ShowPart &showPart,
                const Show &show);

    void add(const ChangeSetPointer &changes);
    /*! Runs \a take at once, or behind the change set that is being looked at. */
    void inOrder(std::function<void()> take);
    /*! Goes on with what waits: for when it was held, or busy. */
    void goOn();
    /*! The same in another turn, where something waits. */
    void goOnLater();
    void clear();

private:
    bool isPrepared();

    Engine *const m_engine;
    const Condition m_isHeld;
    const Condition m_isBusy;
    const ShowPart m_showPart;
    const Show m_show;
    std::deque<ChangeSetPointer> m_changeSets; // not shown yet
    Engine::Preparation m_preparation; // of the first of them
    bool m_isPreparing = false; // that goes on in another turn
    QTimer m_sliceTimer;
    bool m_isShowing = false;
    std::deque<std::function<void()>> m_behind;
};

} // namespace DurableStreams
