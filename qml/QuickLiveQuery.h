// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/LiveQuery>

#include <QQmlParserStatus>
#include <QtQml/qqml.h>

namespace DurableStreams {

/*! LiveQuery in QML: it looks at its rows once all its properties are set. */
class QuickLiveQuery : public DurableStreams::LiveQuery, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(LiveQuery)

public:
    explicit QuickLiveQuery(QObject *parent = nullptr);

    void classBegin() override;
    void componentComplete() override;
};

} // namespace DurableStreams
