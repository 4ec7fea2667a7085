// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "AdapterCases.h"

namespace {

const AdapterCase casesForAnyServer[] = {
    {"create tells of a new stream", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}, "expect": {"success": true, "status": 201}}])"},
    {"create again finds the same", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}, "expect": {"status": 200}}])"},
    {"create with another type conflicts", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "create", "path": "$path", "contentType": "application/json"},
         "expect": {"type": "error", "success": false, "commandType": "create", "status": 409, "errorCode": "CONFLICT"}}])"},
    {"create takes content", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "first"}},
        {"do": {"type": "append", "path": "$path", "data": " second"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "first second"}}])"},
    {"create closed", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "closed": true, "data": "all"}},
        {"do": {"type": "head", "path": "$path"}, "expect": {"streamClosed": true}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "all", "streamClosed": true, "upToDate": true}}])"},
    {"create refuses an end that is no time", R"([
        {"do": {"type": "create", "path": "$path", "expiresAt": "tomorrow"}, "expect": {"errorCode": "INVALID_ARGUMENT"}}])"},
    {"head", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json", "ttlSeconds": 600}},
        {"do": {"type": "append", "path": "$path", "data": "{\"a\": 1}"}, "keep": {"end": "offset"}},
        {"do": {"type": "head", "path": "$path"},
         "expect": {"status": 200, "contentType": "application/json", "offset": "$end", "streamClosed": false}}])"},
    {"connect", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}, "keep": {"end": "offset"}},
        {"do": {"type": "connect", "path": "$path"}, "expect": {"status": 200, "offset": "$end"}}])"},
    {"connect to nothing", R"([
        {"do": {"type": "connect", "path": "$path"}, "expect": {"status": 404, "errorCode": "NOT_FOUND", "says": "$path"}}])"},
    {"read of nothing", R"([
        {"do": {"type": "read", "path": "$path"}, "expect": {"status": 404, "errorCode": "NOT_FOUND", "says": "$path"}}])"},
    {"long-poll of nothing", R"([
        {"do": {"type": "read", "path": "$path", "live": "long-poll"}, "expect": {"errorCode": "NOT_FOUND"}}])"},
    {"SSE of nothing", R"([
        {"do": {"type": "read", "path": "$path", "live": "sse"}, "expect": {"errorCode": "NOT_FOUND"}}])"},
    {"append to nothing", R"([
        {"do": {"type": "append", "path": "$path", "data": "x"}, "expect": {"status": 404, "errorCode": "NOT_FOUND"}}])"},
    {"delete", R"([
        {"do": {"type": "create", "path": "$path"}},
        {"do": {"type": "delete", "path": "$path"}, "expect": {"success": true, "status": 200}},
        {"do": {"type": "delete", "path": "$path"}, "expect": {"status": 404, "errorCode": "NOT_FOUND"}}])"},
    {"appends in order", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "append", "path": "$path", "data": "one "}, "expect": {"status": 200}, "keep": {"one": "offset"}},
        {"do": {"type": "append", "path": "$path", "data": "two "}, "keep": {"two": "offset"}},
        {"do": {"type": "append", "path": "$path", "data": "three"}, "keep": {"three": "offset"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "one two three", "offset": "$three", "upToDate": true, "streamClosed": false}},
        {"do": {"type": "read", "path": "$path", "offset": "$one"}, "expect": {"data": "two three"}},
        {"do": {"type": "read", "path": "$path", "offset": "$two"}, "expect": {"data": "three"}},
        {"do": {"type": "read", "path": "$path", "offset": "$three"}, "expect": {"pieces": 0, "upToDate": true}}])"},
    {"bytes that are no text", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/octet-stream"}},
        {"do": {"type": "append", "path": "$path", "data": "AP/+m/U=", "binary": true}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "AP/+m/U=", "binary": true}},
        {"do": {"type": "read", "path": "$path", "live": "sse", "waitForUpToDate": true}, "expect": {"data": "AP/+m/U=", "binary": true}}])"},
    {"all kinds of line ends", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "append", "path": "$path", "data": "a\u0085b\u2028c\u2029d\ne\u0000f"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "a\u0085b\u2028c\u2029d\ne\u0000f"}}])"},
    {"an append of nothing", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "append", "path": "$path", "data": ""}, "expect": {"success": false, "errorCode": "INVALID_ARGUMENT"}}])"},
    {"an array is one message of a JSON stream", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json"}},
        {"do": {"type": "append", "path": "$path", "data": "[1,2]"}},
        {"do": {"type": "append", "path": "$path", "data": "null"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "[[1,2],null]"}}])"},
    {"what is no JSON is refused by a JSON stream", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json"}},
        {"do": {"type": "append", "path": "$path", "data": "{oh"}, "expect": {"status": 400, "errorCode": "UNEXPECTED_STATUS"}}])"},
    {"a writer's sequence", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "append", "path": "$path", "data": "5", "seq": 5}, "expect": {"status": 200}},
        {"do": {"type": "append", "path": "$path", "data": "4", "seq": 4}, "expect": {"status": 409, "errorCode": "SEQUENCE_CONFLICT"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "5"}}])"},
    {"close", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "close", "path": "$path", "data": "last"}, "expect": {"success": true}, "keep": {"end": "finalOffset"}},
        {"do": {"type": "close", "path": "$path"}, "expect": {"success": true, "finalOffset": "$end"}},
        {"do": {"type": "append", "path": "$path", "data": "late"}, "expect": {"status": 409, "errorCode": "STREAM_CLOSED"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "last", "offset": "$end", "streamClosed": true}}])"},
    {"close a JSON stream with a last message", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json"}},
        {"do": {"type": "close", "path": "$path", "data": "[1]"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "[[1]]", "streamClosed": true}}])"},
    {"an offset that was never given", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"do": {"type": "read", "path": "$path", "offset": "no such offset"}, "expect": {"status": 400, "errorCode": "INVALID_OFFSET"}}])"},
    {"from now on", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "old"}},
        {"do": {"type": "read", "path": "$path", "offset": "now"}, "expect": {"pieces": 0, "upToDate": true}, "keep": {"now": "offset"}},
        {"do": {"type": "append", "path": "$path", "data": "new"}},
        {"do": {"type": "read", "path": "$path", "offset": "$now"}, "expect": {"data": "new"}}])"},
    {"long-poll gives what is there", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"do": {"type": "read", "path": "$path", "live": "long-poll", "waitForUpToDate": true}, "expect": {"data": "x", "upToDate": true}}])"},
    {"long-poll without news ends in time", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "read", "path": "$path", "live": "long-poll", "timeoutMs": 300}, "expect": {"pieces": 0, "upToDate": true, "status": 200}}])"},
    {"long-poll waits for news", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "old"}, "keep": {"end": "offset"}},
        {"send": {"type": "read", "path": "$path", "offset": "$end", "live": "long-poll", "maxChunks": 1}},
        {"send": {"type": "append", "path": "$path", "data": "new"}},
        {"await": true, "expect": {"type": "read", "data": "new"}}, {"await": true, "expect": {"type": "append", "success": true}}])"},
    {"SSE waits for news", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json", "data": "[1]"}, "keep": {"end": "offset"}},
        {"send": {"type": "read", "path": "$path", "offset": "$end", "live": "sse", "maxChunks": 1}},
        {"send": {"type": "append", "path": "$path", "data": "{\"n\":2}"}},
        {"await": true, "expect": {"type": "read", "data": "[{\"n\":2}]"}}, {"await": true, "expect": {"type": "append"}}])"},
    {"automatic live reading waits for news", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"send": {"type": "read", "path": "$path", "live": true, "maxChunks": 1}},
        {"send": {"type": "append", "path": "$path", "data": "new"}},
        {"await": true, "expect": {"data": "new"}}, {"await": true, "expect": {"type": "append"}}])"},
    {"SSE ends with the stream", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "a"}},
        {"send": {"type": "read", "path": "$path", "live": "sse", "timeoutMs": 20000}},
        {"send": {"type": "close", "path": "$path", "data": "b"}},
        {"await": true, "expect": {"data": "ab", "streamClosed": true, "upToDate": true}}, {"await": true, "expect": {"type": "close"}}])"},
    {"long-poll of a closed stream ends at once", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "closed": true}, "keep": {"end": "offset"}},
        {"do": {"type": "read", "path": "$path", "offset": "$end", "live": "long-poll", "timeoutMs": 20000}, "expect": {"pieces": 0, "streamClosed": true}}])"},
    {"results come in the order of the commands", R"([
        {"send": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"send": {"type": "append", "path": "$path", "data": "1"}}, {"send": {"type": "append", "path": "$path", "data": "2"}},
        {"send": {"type": "read", "path": "$path"}}, {"send": {"type": "delete", "path": "$path"}},
        {"await": true, "expect": {"type": "create", "status": 201}}, {"await": true, "expect": {"type": "append"}},
        {"await": true, "expect": {"type": "append"}}, {"await": true, "expect": {"data": "12"}}, {"await": true, "expect": {"type": "delete"}}])"},
    {"a producer's appends", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "a", "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"status": 200, "duplicate": false, "producerSeq": 0}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "b", "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"status": 200, "producerSeq": 1}},
        {"do": {"type": "idempotent-detach", "path": "$path", "producerId": "p", "epoch": 0}, "expect": {"status": 200}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "b", "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"status": 200, "duplicate": true}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "ab"}}])"},
    {"a producer with an old epoch", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "a", "producerId": "p", "epoch": 5, "autoClaim": false}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "b", "producerId": "p", "epoch": 4, "autoClaim": false},
         "expect": {"success": false, "status": 403}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "c", "producerId": "p", "epoch": 3, "autoClaim": true},
         "expect": {"status": 200}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "ac"}}])"},
    {"a batch of messages", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json"}},
        {"do": {"type": "idempotent-append-batch", "path": "$path", "items": ["1", "[2]", "{\"a\":3}"], "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"status": 200, "producerSeq": 0}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "[1,[2],{\"a\":3}]"}}])"},
    {"several batches at once", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "idempotent-append-batch", "path": "$path", "items": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
                "producerId": "p", "epoch": 0, "autoClaim": true, "maxInFlight": 5}, "expect": {"status": 200, "producerSeq": 9}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "abcdefghij"}}])"},
    {"a producer closes", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "a", "producerId": "p", "epoch": 0, "autoClaim": false}},
        {"do": {"type": "idempotent-close", "path": "$path", "data": "z", "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"status": 200}, "keep": {"end": "finalOffset"}},
        {"do": {"type": "idempotent-close", "path": "$path", "data": "z", "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"status": 200, "finalOffset": "$end"}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "b", "producerId": "p", "epoch": 0, "autoClaim": false},
         "expect": {"errorCode": "STREAM_CLOSED"}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "az", "offset": "$end", "streamClosed": true}}])"},
    {"headers and parameters by function", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"do": {"type": "set-dynamic-header", "name": "X-Count", "valueType": "counter"}, "expect": {"type": "set-dynamic-header", "success": true}},
        {"do": {"type": "set-dynamic-header", "name": "X-Token", "valueType": "token", "initialValue": "t"}},
        {"do": {"type": "set-dynamic-param", "name": "n", "valueType": "counter"}},
        {"do": {"type": "append", "path": "$path", "data": "a"}, "expect": {"headersSent": {"X-Count": "1", "X-Token": "t"}, "paramsSent": {"n": "1"}}},
        {"do": {"type": "append", "path": "$path", "data": "b", "headers": {"x-token": "own"}},
         "expect": {"headersSent": {"X-Count": "2"}, "paramsSent": {"n": "2"}}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "ab", "headersSent": {"X-Count": "3", "X-Token": "t"}}},
        {"do": {"type": "clear-dynamic"}, "expect": {"success": true}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"headersSent": null, "paramsSent": null}}])"},
    {"settings that are fine", R"([
        {"do": {"type": "validate", "target": {"target": "retry-options", "maxRetries": 0, "initialDelayMs": 1, "maxDelayMs": 1, "multiplier": 1}},
         "expect": {"type": "validate", "success": true}},
        {"do": {"type": "validate", "target": {"target": "idempotent-producer", "producerId": "p", "epoch": 0, "maxBatchBytes": 1, "maxBatchItems": 1}},
         "expect": {"success": true}}])"},
    {"retry settings that are not", R"([
        {"do": {"type": "validate", "target": {"target": "retry-options", "maxRetries": -1}}, "expect": {"errorCode": "INVALID_ARGUMENT", "says": "maxRetries"}},
        {"do": {"type": "validate", "target": {"target": "retry-options", "initialDelayMs": 0}}, "expect": {"errorCode": "INVALID_ARGUMENT", "says": "initialDelayMs"}},
        {"do": {"type": "validate", "target": {"target": "retry-options", "initialDelayMs": 20, "maxDelayMs": 10}}, "expect": {"says": "maxDelayMs"}},
        {"do": {"type": "validate", "target": {"target": "retry-options", "multiplier": 0.9}}, "expect": {"says": "multiplier"}}])"},
    {"producer settings that are not", R"([
        {"do": {"type": "validate", "target": {"target": "idempotent-producer", "producerId": ""}}, "expect": {"errorCode": "INVALID_ARGUMENT", "says": "producerId"}},
        {"do": {"type": "validate", "target": {"target": "idempotent-producer", "epoch": -1}}, "expect": {"says": "epoch"}},
        {"do": {"type": "validate", "target": {"target": "idempotent-producer", "maxBatchBytes": 0}}, "expect": {"says": "maxBatchBytes"}},
        {"do": {"type": "validate", "target": {"target": "idempotent-producer", "maxBatchItems": 0}}, "expect": {"says": "maxBatchItems"}},
        {"do": {"type": "validate", "target": {"target": "weather"}}, "expect": {"errorCode": "NOT_SUPPORTED"}}])"},
    {"benchmarks", R"([
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "create", "path": "$path", "contentType": "application/json"}},
         "expect": {"type": "benchmark", "success": true, "iterationId": "i", "takesTime": true}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "append", "path": "$path", "size": 50}}, "expect": {"bytes": 50, "takesTime": true}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "read", "path": "$path"}}, "expect": {"bytes": 50, "takesTime": true}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "throughput_append", "path": "$path", "count": 500, "size": 50, "concurrency": 4}},
         "expect": {"bytes": 25000, "messages": 500, "takesTime": true}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "throughput_read", "path": "$path", "expectedCount": 501}},
         "expect": {"bytes": 25050, "messages": 501, "takesTime": true}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "throughput_read", "path": "$path", "expectedCount": 502}},
         "expect": {"success": false, "commandType": "benchmark"}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "roundtrip", "path": "$path-sse", "size": 9, "live": "sse", "contentType": "text/plain"}},
         "expect": {"bytes": 18, "takesTime": true}},
        {"do": {"type": "benchmark", "iterationId": "i", "operation": {"op": "roundtrip", "path": "$path-poll", "size": 9, "live": "long-poll"}},
         "expect": {"bytes": 18, "takesTime": true}}])"},
    {"a command that is none", R"([
        {"do": {"type": "dance"}, "expect": {"type": "error", "success": false, "commandType": "dance", "errorCode": "NOT_SUPPORTED"}}])"},
};

const AdapterCase casesWithFaults[] = {
    {"a read is tried again after a lost connection", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"fault": {"path": "$path", "dropConnection": true, "count": 2}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "x"}}])"},
    {"an append is tried again after a lost connection", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"fault": {"path": "$path", "dropConnection": true, "method": "POST"}},
        {"do": {"type": "append", "path": "$path", "data": "x"}, "expect": {"status": 200}},
        {"fault": {"path": "$path", "status": 503, "method": "POST"}},
        {"do": {"type": "append", "path": "$path", "data": "y"}, "expect": {"status": 200}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "xy"}}])"},
    {"a producer tries again", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"fault": {"path": "$path", "status": 500, "method": "POST", "count": 2}},
        {"do": {"type": "idempotent-append", "path": "$path", "data": "x", "producerId": "p", "epoch": 0, "autoClaim": false}, "expect": {"status": 200}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "x"}}])"},
    {"a busy server is waited for", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"fault": {"path": "$path", "status": 429, "retryAfter": 1}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"data": "x"}}])"},
    {"not for ever", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"fault": {"path": "$path", "status": 500, "count": 1000}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"status": 500, "errorCode": "UNEXPECTED_STATUS"}}])"},
    {"a refusal is not tried again", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"fault": {"path": "$path", "status": 400}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"status": 400, "errorCode": "INVALID_OFFSET"}}])"},
    {"a catch-up that takes too long", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain", "data": "x"}},
        {"fault": {"path": "$path", "delayMs": 2000}},
        {"do": {"type": "read", "path": "$path", "timeoutMs": 200}, "expect": {"success": false, "errorCode": "TIMEOUT"}}])"},
    {"JSON that is none", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "application/json", "data": "[{\"a\":1}]"}},
        {"fault": {"path": "$path", "corruptBody": true}},
        {"do": {"type": "read", "path": "$path"}, "expect": {"errorCode": "PARSE_ERROR", "says": "JSON"}}])"},
    {"an event that nobody knows", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"fault": {"path": "$path", "injectSseEvent": {"eventType": "later", "data": "?"}, "count": 2}},
        {"send": {"type": "read", "path": "$path", "live": "sse", "maxChunks": 1}},
        {"send": {"type": "append", "path": "$path", "data": "x"}},
        {"await": true, "expect": {"data": "x"}}, {"await": true, "expect": {"type": "append"}}])"},
    {"a control event that is none", R"([
        {"do": {"type": "create", "path": "$path", "contentType": "text/plain"}},
        {"fault": {"path": "$path", "injectSseEvent": {"eventType": "control", "data": "{no"}, "count": 2}},
        {"do": {"type": "read", "path": "$path", "live": "sse"}, "expect": {"errorCode": "PARSE_ERROR", "says": "control event"}}])"},
};

} // namespace

std::span<const AdapterCase> adapterCases()
{
    return casesForAnyServer;
}

std::span<const AdapterCase> adapterCasesWithFaults()
{
    return casesWithFaults;
}
