// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/Session>
#include <DurableStreams/StreamDb>

#include "models/StreamDb_p.h"

#include <algorithm>
#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;

namespace DurableStreams {

Session *StreamDb::session() const
{
    return d->session;
}

void StreamDb::setSession(Session *session)
{
    if (session == d->session)
        return;
    if (d->connection) {
        d->report(StreamError(StreamError::Code::InvalidArgument,
                              u"The session of a StreamDb cannot change once it reads."_s, d->url));
        return;
    }
    d->session = session;
    Q_EMIT sessionChanged();
}

QString StreamDb::name() const
{
    return d->name;
}

void StreamDb::setName(const QString &name)
{
    if (name == d->name)
        return;
    const QPointer<StreamDb> guard(this);
    if (d->session && d->session->store())
        d->changeStream(StreamError(StreamError::Code::Cancelled, u"The StreamDb was given another name."_s, d->url),
                        [&] { d->name = name; });
    else
        d->name = name;
    if (guard)
        Q_EMIT nameChanged();
}

QString StreamDb::schemaVersion() const
{
    return d->schemaVersion;
}

void StreamDb::setSchemaVersion(const QString &version)
{
    if (version == d->schemaVersion)
        return;
    d->schemaVersion = version;
    Q_EMIT schemaVersionChanged();
}

QUrl StreamDb::url() const
{
    return d->url;
}

void StreamDb::setUrl(const QUrl &url)
{
    if (url == d->url)
        return;
    const QPointer<StreamDb> guard(this);
    const StreamError reason(StreamError::Code::Cancelled, u"The StreamDb was given another URL."_s, d->url);
    if (d->source)
        d->url = url;
    else
        d->changeStream(reason, [&] { d->url = url; });
    if (guard)
        Q_EMIT urlChanged();
}

StreamSource *StreamDb::source() const
{
    return d->source;
}

void StreamDb::setSource(StreamSource *source)
{
    if (source == d->source)
        return;
    const QPointer<StreamDb> guard(this);
    d->changeStream(StreamError(StreamError::Code::Cancelled, u"The StreamDb was given another source."_s, d->url),
                    [&] { d->source = source; });
    if (guard)
        Q_EMIT sourceChanged();
}

bool StreamDb::isStored() const
{
    return d->stored;
}

void StreamDb::setStored(bool stored)
{
    if (std::exchange(d->stored, stored) != stored)
        Q_EMIT storedChanged();
}

bool StreamDb::createIfMissing() const
{
    return d->createIfMissing;
}

void StreamDb::setCreateIfMissing(bool create)
{
    if (create == d->createIfMissing)
        return;
    d->createIfMissing = create;
    Q_EMIT createIfMissingChanged();
}

int StreamDb::timeToLive() const
{
    return d->timeToLive;
}

void StreamDb::setTimeToLive(int seconds)
{
    if (seconds == d->timeToLive)
        return;
    d->timeToLive = seconds;
    Q_EMIT timeToLiveChanged();
}

StreamDb::LiveMode StreamDb::liveMode() const
{
    return d->liveMode;
}

void StreamDb::setLiveMode(LiveMode mode)
{
    if (mode == d->liveMode)
        return;
    d->liveMode = mode;
    Q_EMIT liveModeChanged();
}

StreamDb::Status StreamDb::status() const
{
    return d->status;
}

int StreamDb::retryIn() const
{
    return d->retryIn;
}

StreamDb::Transport StreamDb::transport() const
{
    return d->transport;
}

bool StreamDb::isLoaded() const
{
    return d->loaded;
}

bool StreamDb::isUpToDate() const
{
    return d->upToDate;
}

double StreamDb::progress() const
{
    return d->progress;
}

qint64 StreamDb::eventCount() const
{
    return d->eventCount;
}

QString StreamDb::offset() const
{
    return QString::fromUtf8(d->engine.offset());
}

StreamError StreamDb::lastError() const
{
    return d->lastError;
}

QString StreamDb::errorString() const
{
    return d->lastError.message();
}

int StreamDb::pendingCount() const
{
    return d->engine.transactionCount();
}

int StreamDb::failedCount() const
{
    return d->engine.failedCount();
}

StreamError StreamDb::heldBy() const
{
    return d->engine.heldBy();
}

int StreamDb::confirmationLimit() const
{
    return int(d->sender.confirmationLimit().count());
}

void StreamDb::setConfirmationLimit(int milliseconds)
{
    const std::chrono::milliseconds limit(std::max(0, milliseconds));
    if (limit == d->sender.confirmationLimit())
        return;
    d->sender.setConfirmationLimit(limit);
    Q_EMIT confirmationLimitChanged();
}

int StreamDb::volatileInterval() const
{
    return int(d->sender.volatileInterval().count());
}

void StreamDb::setVolatileInterval(int milliseconds)
{
    const std::chrono::milliseconds interval(std::max(0, milliseconds));
    if (interval == d->sender.volatileInterval())
        return;
    d->sender.setVolatileInterval(interval);
    Q_EMIT volatileIntervalChanged();
}

qint64 StreamDb::ignoredCount() const
{
    return d->ignoredCount;
}

int StreamDb::quarantinedCount() const
{
    return d->quarantinedCount;
}

TransactionModel *StreamDb::transactions() const
{
    return &d->transactionModel;
}

QuarantineModel *StreamDb::quarantine() const
{
    return &d->quarantined;
}

QList<QuarantinedEvent> StreamDb::quarantinedEvents() const
{
    return d->quarantined.events();
}

} // namespace DurableStreams
