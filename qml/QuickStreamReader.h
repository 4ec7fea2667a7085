// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "QuickStream.h"

#include <DurableStreams/StreamReader>

#include <QQmlParserStatus>

#include <memory>

namespace DurableStreams {

/*!
 * StreamReader in QML: reads its stream from \a from on, while \a running, and gives what comes to handlers. Another
 * stream, URL, mode or beginning starts it anew. Other credentials count from the next request on, and where they were
 * refused (401, 403) it goes on with them.
 */
class QuickStreamReader : public QObject, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(DurableStreams::QuickStream *stream READ stream WRITE setStream NOTIFY streamChanged FINAL)
    Q_PROPERTY(DurableStreams::QuickStreamReader::Mode mode READ mode WRITE setMode NOTIFY modeChanged FINAL)
    Q_PROPERTY(DurableStreams::ResumePosition from READ from WRITE setFrom NOTIFY fromChanged FINAL)
    Q_PROPERTY(bool running READ isRunning WRITE setRunning NOTIFY runningChanged FINAL)
    Q_PROPERTY(DurableStreams::ResumePosition position READ position NOTIFY positionChanged FINAL)
    Q_PROPERTY(DurableStreams::StreamSource::Status status READ status NOTIFY statusChanged FINAL)
    Q_PROPERTY(DurableStreams::StreamSource::Transport transport READ transport NOTIFY transportChanged FINAL)
    Q_PROPERTY(DurableStreams::StreamError lastError READ lastError NOTIFY lastErrorChanged FINAL)
    Q_PROPERTY(int retryIn READ retryIn NOTIFY statusChanged FINAL)
    QML_NAMED_ELEMENT(StreamReader)

public:
    /*! As StreamReader::Mode. */
    enum Mode {
        CatchUp = int(StreamReader::Mode::CatchUp),
        Auto = int(StreamReader::Mode::Auto),
        LongPoll = int(StreamReader::Mode::LongPoll),
        Sse = int(StreamReader::Mode::Sse)
    };
    Q_ENUM(Mode)

    explicit QuickStreamReader(QObject *parent = nullptr);

    QuickStream *stream() const { return m_stream; }
    void setStream(QuickStream *stream);
    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    /*! The start by default; what position was, to go on there. `from.offset: "now"` is the end. */
    ResumePosition from() const { return m_from; }
    void setFrom(const ResumePosition &from);
    /*! Whether to read; true by default. It stays so when the reading has ended: status tells of that. */
    bool isRunning() const { return m_running; }
    void setRunning(bool running);

    /*! Behind what was handed on. */
    ResumePosition position() const { return m_position; }
    StreamSource::Status status() const;
    StreamSource::Transport transport() const;
    StreamError lastError() const;
    /*! See StreamReader::retryIn(). */
    int retryIn() const;

    /*! Ends a wait after an error at once; amid a try, makes the wait behind it the shortest, if it fails. */
    Q_INVOKABLE void retryNow();

    void classBegin() override { m_isComplete = false; }
    void componentComplete() override;

Q_SIGNALS:
    /*! Of a JSON stream: the next element, as JavaScript has it; numbers beyond 2^53 lose digits there. */
    void elementReceived(const QVariant &element);
    /*! Of a JSON stream: something between its commas that is no JSON. */
    void elementRejected(const QByteArray &text, const QString &reason);
    /*! Of any other stream: an ArrayBuffer in JavaScript. */
    void bytesReceived(const QByteArray &bytes);
    /*! All that is there now was handed on. */
    void upToDate();
    /*! See StreamReader::finished(). */
    void finished(const DurableStreams::StreamError &error);

    void streamChanged();
    void modeChanged();
    void fromChanged();
    void runningChanged();
    void positionChanged();
    void statusChanged();
    void transportChanged();
    void lastErrorChanged();

private:
    void startAnew();
    void applyEndpoint();
    void connectReader();
    void takeChunks();
    bool handOn(const StreamChunk &chunk);
    void handOn(QByteArrayView element);

    QPointer<QuickStream> m_stream;
    std::unique_ptr<StreamReader> m_reader;
    ResumePosition m_from;
    ResumePosition m_position;
    Mode m_mode = Auto;
    bool m_running = true;
    bool m_isComplete = true;
};

} // namespace DurableStreams
