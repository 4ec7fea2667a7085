// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>

// A JSON Schema with a bit of everything; apart from the test, in which moc would stumble over it.
inline const QByteArray cardDocument = R"({
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["id", "title"],
    "properties": {
        "id": {"type": "string"},
        "title": {"type": "string", "minLength": 1, "maxLength": 20},
        "column": {"enum": ["todo", "doing", "done"]},
        "points": {"type": "integer", "minimum": 0, "maximum": 100, "default": 1},
        "big": {"type": "integer"},
        "position": {"type": "number", "exclusiveMinimum": 0},
        "done": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "changed": {"type": "string", "format": "date-time"},
        "link": {"type": "string", "format": "uri"},
        "uuid": {"type": "string", "format": "uuid"},
        "blob": {"type": "string", "contentEncoding": "base64"},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
        "assignee": {"type": ["string", "null"]},
        "rank": {"anyOf": [{"type": "null"}, {"$ref": "#/definitions/small"}]},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "maxItems": 3},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "size": {"type": "object", "properties": {"a/b": {"type": "number"}}, "required": ["a/b"]},
        "tree": {"$ref": "#/definitions/tree"},
        "either": {"oneOf": [{"type": "string"}, {"type": "number"}]},
        "plain": {}
    },
    "additionalProperties": false,
    "if": {"properties": {"column": {"const": "done"}}, "required": ["column"]},
    "then": {"required": ["changed"]},
    "definitions": {
        "small": {"type": "integer", "maximum": 9},
        "tree": {"type": "object", "properties": {"left": {"$ref": "#/definitions/tree"}, "n": {"type": "integer"}}}
    }
})";
