// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <QtQuickTest>

QUICK_TEST_MAIN(qmlmodule)
