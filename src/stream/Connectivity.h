// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QObject>

namespace DurableStreams {

/*!
 * What the device knows of its network: whether there is one, and when connections made before are probably dead.
 *
 * SystemConnectivity asks the system; an app's tests give one of their own to StreamNetwork::setConnectivity().
 * Lives in its StreamNetwork's thread.
 */
class DURABLESTREAMS_EXPORT Connectivity : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool online READ isOnline NOTIFY onlineChanged)

public:
    using QObject::QObject;

    /*! False only where the system is sure that there is no network. */
    virtual bool isOnline() const = 0;

Q_SIGNALS:
    void onlineChanged(bool online);
    /*!
     * The device slept, or is in another network now. All waits for a retry end, and live reads and requests without an
     * answer are made anew at once, instead of after their time limits.
     */
    void reconnectAdvised();
};

} // namespace DurableStreams
