// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/EarlyWriteBack_p.h"

#include <QTemporaryDir>
#include <QtTest>

#ifdef Q_OS_LINUX
#include <sys/syscall.h>
#include <unistd.h>
#endif

using namespace DurableStreams;

namespace {

constexpr int PageSize = 4096;
constexpr int PageCount = 256;

/* How much of \a file is in memory alone, in pages; -1 where the system does not tell. */
qint64 dirtyPages([[maybe_unused]] const QFile &file)
{
#if defined(Q_OS_LINUX)
    constexpr long cachestat = 451; // a system call that the C library does not have yet
    const quint64 all[2] = {0, 0};
    struct
    {
        quint64 cached;
        quint64 dirty;
        quint64 underWay;
        quint64 evicted;
        quint64 recentlyEvicted;
    } pages = {};
    if (syscall(cachestat, file.handle(), all, &pages, 0) == 0)
        return qint64(pages.dirty);
#endif
    return -1;
}

} // namespace

/*! What is written goes to the disk early, without a sync. */
class tst_EarlyWriteBack : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startsByItself();
    void followsFilesThatCome();
    void endsWhereNothingIsThere();

private:
    bool canLook() const;
    static QByteArray pages() { return QByteArray(PageCount * PageSize, 'x'); }

    QTemporaryDir m_folder;
};

bool tst_EarlyWriteBack::canLook() const
{
    QFile file(m_folder.filePath("probe"));
    return file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && file.write(pages()) > 0 && dirtyPages(file) > 0;
}

void tst_EarlyWriteBack::startsByItself()
{
    if (!canLook())
        QSKIP("The system does not tell what is not on disk yet, or keeps the folder in memory.");
    QFile file(m_folder.filePath("file"));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    file.write(pages());
    const EarlyWriteBack writeBack({file.fileName()});
    QTRY_COMPARE(dirtyPages(file), 0);
    file.write(pages());
    QTRY_COMPARE(dirtyPages(file), 0);
}

void tst_EarlyWriteBack::followsFilesThatCome()
{
    if (!canLook())
        QSKIP("The system does not tell what is not on disk yet, or keeps the folder in memory.");
    QFile file(m_folder.filePath("later"));
    const EarlyWriteBack writeBack({file.fileName(), m_folder.filePath("never")});
    for (int i = 0; i < 2; ++i) {
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered));
        file.write(pages());
        QTRY_COMPARE(dirtyPages(file), 0);
        file.close();
        QVERIFY(file.remove());
    }
}

void tst_EarlyWriteBack::endsWhereNothingIsThere()
{
    const EarlyWriteBack none({});
    const EarlyWriteBack missing({m_folder.filePath("missing")});
}

QTEST_GUILESS_MAIN(tst_EarlyWriteBack)
#include "tst_earlywriteback.moc"
