// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

import QtQuick
import QtTest
import DurableStreams

TestCase {
    id: testCase

    property int streams: 0

    name: "Stream"

    function finished(reply: StreamReply): StreamReply {
        finishedSpy.target = reply
        finishedSpy.clear()
        tryVerify(() => reply.isFinished)
        return reply
    }

    function made(component: Component, properties: var): var {
        const object = createTemporaryObject(component, testCase, properties)
        verify(object)
        return object
    }

    function newUrl(): string {
        return serverUrl + "/s" + ++streams // qmllint disable unqualified
    }

    SignalSpy {
        id: finishedSpy

        signalName: "finished"
    }

    Component {
        id: streamComponent

        Stream { }
    }

    Component {
        id: readerComponent

        StreamReader {
            property var elements: []
            property var rejected: []
            property string text
            property int ends: 0
            property int upToDates: 0

            onElementReceived: element => elements.push(element)
            onElementRejected: (text, reason) => rejected.push(reason)
            onBytesReceived: bytes => text += String.fromCharCode(...new Uint8Array(bytes))
            onUpToDate: ++upToDates
            onFinished: ++ends
        }
    }

    Component {
        id: newsComponent

        StreamReader {
            property var elements: []

            from.offset: "now"

            onElementReceived: element => elements.push(element)
        }
    }

    Component {
        id: sessionComponent

        Session { }
    }

    Component {
        id: producerComponent

        Producer {
            property var answers: []
            property int flushes: 0

            onAnswered: (number, error, nextOffset) => answers.push({number, ok: error.isOk, nextOffset})
            onFlushed: error => ++flushes
        }
    }

    function test_handle() {
        const stream = made(streamComponent, {url: newUrl()})
        compare(finished(stream.head()).error.code, StreamError.NotFound)
        compare(finished(stream.create({timeToLive: 3600, content: [1, 2]})).httpStatus, 201)
        const head = finished(stream.head())
        verify(head.error.isOk)
        compare(head.timeToLive, 3600)
        verify(!head.isClosed)
        verify(finished(stream.append({three: 3})).error.isOk)
        verify(finished(stream.close()).isClosed)
        compare(finished(stream.append(4)).error.code, StreamError.StreamClosed)
        verify(finished(stream.remove()).error.isOk)
    }

    function test_elements() {
        const stream = made(streamComponent, {url: newUrl()})
        verify(finished(stream.create()).error.isOk)
        const reader = made(readerComponent, {stream: stream})
        tryCompare(reader, "status", StreamSource.Live)
        const producer = made(producerComponent, {stream: stream})
        const values = [{a: [1, "ü"]}, "text", 7, null, [1, 2]]
        const numbers = values.map(value => producer.append(value))
        compare(producer.pendingCount, 5)
        producer.flush()
        tryCompare(producer, "flushes", 1)
        compare(producer.answers.map(answer => answer.number), numbers)
        verify(producer.answers.every(answer => answer.ok))
        compare(producer.pendingCount, 0)
        tryVerify(() => reader.elements.length === 5)
        compare(JSON.stringify(reader.elements), JSON.stringify(values))
        compare(reader.rejected.length, 0)
        verify(reader.upToDates > 0)
        producer.close()
        tryCompare(reader, "ends", 1)
        compare(reader.status, StreamSource.Closed)
    }

    function test_goesOnWhereItEnded() {
        const stream = made(streamComponent, {url: newUrl()})
        finished(stream.create({content: [1, 2]}))
        const first = made(readerComponent, {stream: stream, mode: StreamReader.CatchUp})
        tryCompare(first, "ends", 1)
        compare(first.elements, [1, 2])
        finished(stream.append(3))
        const second = made(readerComponent, {stream: stream, mode: StreamReader.CatchUp, from: first.position})
        tryCompare(second, "ends", 1)
        compare(second.elements, [3])
    }

    function test_onlyWhatIsNew() {
        const stream = made(streamComponent, {url: newUrl()})
        finished(stream.create({content: [1]}))
        const reader = made(newsComponent, {stream: stream})
        tryCompare(reader, "status", StreamSource.Live)
        finished(stream.append(2))
        tryVerify(() => reader.elements.length > 0)
        compare(reader.elements, [2])
    }

    function test_otherCredentials() {
        const session = made(sessionComponent, {bearerToken: "wrong"})
        const url = guardedUrl + "/s" + ++streams // qmllint disable unqualified
        const stream = made(streamComponent, {url: url, session: session})
        const reader = made(readerComponent, {stream: stream})
        tryCompare(reader, "ends", 1)
        compare(reader.lastError.code, StreamError.Unauthorized)
        session.bearerToken = guardedToken // qmllint disable unqualified
        tryCompare(reader, "ends", 2)
        compare(reader.lastError.code, StreamError.NotFound)
        finished(stream.create({content: [1]}))
        reader.running = false
        compare(reader.lastError.isOk, true)
        reader.running = true
        tryCompare(reader, "status", StreamSource.Live)
        session.headers = {"X-Seen": "1"}
        compare(reader.status, StreamSource.Live)
        finished(stream.append(2))
        tryVerify(() => reader.elements.length > 1)
        compare(reader.elements, [1, 2])
        session.destroy()
        tryCompare(stream, "session", null)
        compare(finished(stream.head()).error.code, StreamError.Unauthorized)
    }

    function test_anotherUrl() {
        const first = newUrl()
        const stream = made(streamComponent, {url: first})
        finished(stream.create())
        const producer = made(producerComponent, {stream: stream})
        producer.append("first")
        producer.flush()
        tryCompare(producer, "flushes", 1)
        producer.append("not for the second")
        stream.url = newUrl()
        finished(stream.create())
        producer.append("second")
        producer.flush()
        tryCompare(producer, "flushes", 2)
        compare(producer.answers.map(answer => answer.ok), [true, false, true])
        compare(producer.pendingCount, 0)
        const reader = made(readerComponent, {stream: stream, mode: StreamReader.CatchUp})
        tryCompare(reader, "ends", 1)
        compare(reader.elements, ["second"])
    }

    function test_bytes() {
        const stream = made(streamComponent, {url: newUrl(), contentType: "text/plain"})
        verify(finished(stream.create()).error.isOk)
        const reader = made(readerComponent, {stream: stream})
        verify(finished(stream.append("hello")).error.isOk)
        tryCompare(reader, "text", "hello")
        compare(reader.elements.length, 0)
    }

    function test_stopsAndStarts() {
        const stream = made(streamComponent, {url: newUrl()})
        finished(stream.create({content: [1]}))
        const reader = made(readerComponent, {stream: stream})
        tryCompare(reader, "status", StreamSource.Live)
        reader.running = false
        compare(reader.status, StreamSource.Idle)
        compare(reader.elements, [1])
        reader.elements = []
        reader.running = true
        tryVerify(() => reader.elements.length === 1)
        stream.url = ""
        compare(reader.status, StreamSource.Idle)
    }

    function test_whatIsMissingIsTold() {
        const stream = made(streamComponent, {url: newUrl()})
        const reader = made(readerComponent, {stream: stream})
        tryCompare(reader, "ends", 1)
        compare(reader.lastError.code, StreamError.NotFound)
        compare(reader.status, StreamSource.Failed)
        const producer = made(producerComponent, {})
        compare(producer.append(1), -1)
    }

    function test_streamGoesFirst() {
        const stream = streamComponent.createObject(testCase, {url: newUrl()}) as Stream
        finished(stream.create())
        const reader = made(readerComponent, {stream: stream})
        const producer = made(producerComponent, {stream: stream})
        tryCompare(reader, "status", StreamSource.Live)
        stream.destroy()
        tryCompare(reader, "stream", null)
        compare(reader.status, StreamSource.Idle)
        compare(producer.append(1), -1)
    }
}
