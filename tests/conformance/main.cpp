// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Adapter.h"

#include <QCoreApplication>
#include <QFile>
#include <QSocketNotifier>

#include <unistd.h>

#include <cstdio>

namespace {

constexpr qsizetype ReadSize = 64 * 1024;

void writeLine(const QByteArray &line)
{
    std::fwrite(line.constData(), 1, size_t(line.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    Adapter adapter;
    bool isInputOver = false;
    QObject::connect(&adapter, &Adapter::shutDown, &application, &QCoreApplication::quit, Qt::QueuedConnection);
    QObject::connect(&adapter, &Adapter::answered, &application, [&](const QByteArray &line) {
        writeLine(line);
        if (isInputOver && adapter.isIdle())
            QCoreApplication::quit();
    });

    QByteArray input;
    QSocketNotifier notifier(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, [&] {
        QByteArray bytes(ReadSize, Qt::Uninitialized);
        const ssize_t count = ::read(STDIN_FILENO, bytes.data(), size_t(bytes.size()));
        if (count <= 0) {
            notifier.setEnabled(false);
            isInputOver = true;
            if (adapter.isIdle())
                QCoreApplication::quit();
            return;
        }
        input.append(bytes.constData(), count);
        qsizetype begin = 0;
        for (qsizetype end; (end = input.indexOf('\n', begin)) >= 0; begin = end + 1)
            adapter.take(input.mid(begin, end - begin));
        input.remove(0, begin);
    });
    return QCoreApplication::exec();
}
