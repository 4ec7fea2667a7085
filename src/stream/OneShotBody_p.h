// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QIODevice>
#include <QPointer>

#include <memory>

namespace DurableStreams {

/*
 * A request's body that can be read once. Qt sends a POST again by itself when its connection closes without an answer,
 * although the server may have done what it asked for; a body that cannot be rewound makes it report an error instead.
 */
class OneShotBody : public QIODevice
{
    Q_OBJECT

public:
    explicit OneShotBody(const QByteArray &bytes);
    /* The rest of \a device, which is open, not sequential and not owned; when it goes, so does the rest. */
    explicit OneShotBody(QIODevice *device);

    qint64 size() const override { return m_size; }
    bool seek(qint64 position) override;
    bool reset() override { return false; }
    /* Gives nothing any more. */
    void revoke() { m_device.clear(); }

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    std::unique_ptr<QIODevice> m_buffer;
    QPointer<QIODevice> m_device;
    qint64 m_size;
};

} // namespace DurableStreams
