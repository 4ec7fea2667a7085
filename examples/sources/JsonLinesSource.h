// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/StreamSource>

#include <QFile>
#include <QFileSystemWatcher>
#include <QTimer>

/*! The events in a file, one a line, and those that come behind them. Offsets are places in the file, in bytes. */
class JsonLinesSource : public DurableStreams::StreamSource
{
    Q_OBJECT
    using Code = DurableStreams::StreamError::Code;

public:
    explicit JsonLinesSource(const QString &fileName)
        : m_fileName(fileName)
    {
        connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &JsonLinesSource::read);
    }
    void open(const QByteArray &offset, bool) override
    {
        m_position = offset == "-1" ? 0 : offset.toLongLong();
        QTimer::singleShot(0, this, &JsonLinesSource::read);
    }
    void close() override { m_position = -1; }
    void append(quint64 id, const QByteArray &, DurableStreams::StreamSource::Delivery) override
    {
        const DurableStreams::AppendAnswer answer{{Code::InvalidArgument, m_fileName + tr(" is only read.")}};
        QTimer::singleShot(0, this, [this, id, answer] { emit appendAnswered(id, answer); });
    }

private:
    void read()
    {
        m_watcher.removePath(m_fileName);
        if (m_position < 0)
            return;
        m_watcher.addPath(m_fileName); // anew, as another file may have taken its place
        QFile file(m_fileName);
        if (!file.open(QIODevice::ReadOnly) || file.size() < m_position || !file.seek(m_position)) {
            emit errorOccurred({Code::NotFound, m_fileName + tr(" is not there, or shorter than it was.")});
            emit statusChanged(Status::Failed, 0);
            return;
        }
        QByteArray lines = file.readAll();
        lines.truncate(lines.lastIndexOf('\n') + 1); // the last one may be unfinished
        for (const QByteArray &line : lines.split('\n'))
            emit bytesReceived(line.trimmed().isEmpty() ? line : '[' + line + ']');
        m_position += lines.size();
        emit positionReached({QByteArray::number(m_position), true, false});
        emit statusChanged(Status::Live, 0);
    }
    const QString m_fileName;
    QFileSystemWatcher m_watcher{this};
    qint64 m_position = -1; // behind the last whole line; -1 while closed
};
