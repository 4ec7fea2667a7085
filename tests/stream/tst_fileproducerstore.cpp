// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/FileProducerStore>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

#ifdef Q_OS_LINUX
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <functional>
#include <utility>
#endif

using namespace DurableStreams;
using namespace Qt::StringLiterals;
using Code = StreamError::Code;

#ifdef Q_OS_LINUX

/* What the disk does when it is asked to: nothing, or whether it obeys. */
static std::function<bool()> onDataSync;
static std::function<bool()> onFolderSync;
static std::function<bool()> onPermissions;

static int answer(const std::function<bool()> &fault, long number, int file, mode_t mode = 0)
{
    if (!fault || fault())
        return int(::syscall(number, file, mode));
    errno = EIO;
    return -1;
}

/* The libraries call these in the place of the system's own. */
extern "C" Q_DECL_EXPORT int fdatasync(int file)
{
    return answer(onDataSync, SYS_fdatasync, file);
}

extern "C" Q_DECL_EXPORT int fsync(int file)
{
    return answer(onFolderSync, SYS_fsync, file);
}

extern "C" Q_DECL_EXPORT int fchmod(int file, mode_t mode) noexcept
{
    return answer(onPermissions, SYS_fchmod, file, mode);
}

static bool refuse()
{
    return false;
}

/* No file of this process grows beyond it: what does not fit is cut off, as on a full disk. */
class FileSizeLimit
{
public:
    explicit FileSizeLimit(qint64 size)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{rlim_t(size), m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    Q_DISABLE_COPY_MOVE(FileSizeLimit)

private:
    rlimit m_before = {};
};

#endif

class tst_FileProducerStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void nothingYet();
    void keepsAll();
    void removes();
    void replaces();
    void onlyTheUserReadsIt();
    void staysSmall();
    void tornAtEveryByte_data();
    void tornAtEveryByte();
    void damageIsTold();
    void foreignFile_data();
    void foreignFile();
    void oneAtATime();
    void failedWriteIsMadeGood();
    void fileCannotBeOpened();
#ifdef Q_OS_LINUX
    void lockCannotBeWritten();
    void recordIsCutOff();
    void recordIsNotOnTheDisk();
    void wholeFileIsCutOff_data();
    void wholeFileIsCutOff();
    void wholeFileIsNotOnTheDisk();
    void wholeFileCannotBeHidden();
    void wholeFileCannotBePutInPlace();
    void folderIsNotOnTheDisk();
    void wholeFileCannotBeOpened();
    void fileIsNotWrittenAnew_data();
    void fileIsNotWrittenAnew();
    void fileIsWrittenAnewAgain();
    void cutOffEndStays();
#endif

private:
    static ProducerBatch batch(qint64 sequence, const QByteArray &text = "1");
    ProducerState loaded();
    QByteArray content() const;
    void setContent(const QByteArray &bytes) const;
    bool isRefusal(const StreamError &error) const;
    QStringList files() const;

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
    std::unique_ptr<FileProducerStore> m_store;
};

void tst_FileProducerStore::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_path = m_directory->filePath(u"producer"_s);
    m_store = std::make_unique<FileProducerStore>(m_path);
}

void tst_FileProducerStore::cleanup()
{
    m_store.reset();
#ifdef Q_OS_LINUX
    onDataSync = nullptr;
    onFolderSync = nullptr;
    onPermissions = nullptr;
#endif
}

ProducerBatch tst_FileProducerStore::batch(qint64 sequence, const QByteArray &text)
{
    return {3, sequence, "application/json", '[' + text + ']', {{quint64(sequence) + 100, text.size()}}, sequence == 9};
}

/* What a new process reads. */
ProducerState tst_FileProducerStore::loaded()
{
    m_store.reset();
    m_store = std::make_unique<FileProducerStore>(m_path);
    ProducerState state;
    const StreamError error = m_store->load(&state);
    if (!error.isOk())
        qWarning() << error;
    return state;
}

QByteArray tst_FileProducerStore::content() const
{
    QFile file(m_path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_FileProducerStore::setContent(const QByteArray &bytes) const
{
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

/* One that is tried again, and tells which file it is and why. */
bool tst_FileProducerStore::isRefusal(const StreamError &error) const
{
    const bool isTold =
        error.message().contains(QDir::toNativeSeparators(m_path)) && !error.message().contains(u"Unknown error"_s);
    if (!isTold)
        qWarning() << error;
    return isTold && error.code() == Code::Busy && error.isRetryable();
}

QStringList tst_FileProducerStore::files() const
{
    return QDir(m_directory->path()).entryList(QDir::Files | QDir::Hidden, QDir::Name);
}

void tst_FileProducerStore::nothingYet()
{
    QVERIFY(loaded().isEmpty());
    QVERIFY(!QFile::exists(m_path));
}

void tst_FileProducerStore::keepsAll()
{
    const QList<ProducerBatch> batches{batch(5, "1,{\"a\":\"\xC3\xBC\"}"), batch(6),
                                       batch(9, QByteArray(100'000, '7'))};
    QCOMPARE(m_store->replace({"writer", 3, 5, {}}), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 5, {}}));
    QCOMPARE(m_store->save(batches.first(2)).result(), StreamError());
    QCOMPARE(m_store->save(batches.last(1)).result(), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 10, batches}));
}

void tst_FileProducerStore::removes()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5), batch(6), batch(7)}).result().isOk());
    QVERIFY(m_store->remove(3, 5).isOk());
    QVERIFY(m_store->remove(3, 4).isOk()); // is not there
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 8, {batch(6), batch(7)}}));
    QVERIFY(m_store->remove(3, 6).isOk() && m_store->remove(3, 7).isOk());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 8, {}}));
}

void tst_FileProducerStore::replaces()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {batch(4)}}).isOk());
    QVERIFY(m_store->save({batch(5), batch(6)}).result().isOk());
    const ProducerState next{"writer", 4, 1, {{4, 0, "text/plain", "abc", {{7, 1}, {8, 2}}, false}}};
    QVERIFY(m_store->replace(next).isOk());
    QCOMPARE(loaded(), next);
}

void tst_FileProducerStore::onlyTheUserReadsIt()
{
    constexpr auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther
        | QFileDevice::WriteOther | QFileDevice::ExeOwner;
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(!(QFile::permissions(m_path) & others));
    QVERIFY(m_store->save({batch(5, QByteArray(8'000'000, '1'))}).result().isOk());
    QVERIFY(m_store->remove(3, 5).isOk()); // written anew
    QVERIFY(QFileInfo(m_path).size() < 1'000'000);
    QVERIFY(!(QFile::permissions(m_path) & others));
}

void tst_FileProducerStore::staysSmall()
{
    QVERIFY(m_store->replace({"writer", 3, 0, {}}).isOk());
    qint64 largest = 0;
    for (qint64 sequence = 0; sequence < 100; ++sequence) {
        QVERIFY(m_store->save({batch(sequence, QByteArray(50'000, '1'))}).result().isOk());
        if (sequence > 4)
            QVERIFY(m_store->remove(3, sequence - 5).isOk());
        largest = qMax(largest, QFileInfo(m_path).size());
    }
    QVERIFY2(largest < 3'000'000, qPrintable(QString::number(largest)));
    QCOMPARE(loaded().batches.size(), 5);
}

void tst_FileProducerStore::tornAtEveryByte_data()
{
    QTest::addColumn<bool>("zeros");

    QTest::newRow("cut off") << false;
    QTest::newRow("zeros instead") << true;
}

/* Whatever of the last record reached the disk: it is there whole, or as if it never was. */
void tst_FileProducerStore::tornAtEveryByte()
{
    QFETCH(bool, zeros);
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    const QByteArray before = content();
    const ProducerState stateBefore = loaded();
    QVERIFY(m_store->save({batch(6, "1,2,3"), batch(7)}).result().isOk());
    m_store.reset();
    const QByteArray after = content();
    const ProducerState stateAfter = loaded();
    QCOMPARE(stateAfter.batches.size(), 3);
    for (qsizetype size = before.size(); size < after.size(); ++size) {
        m_store.reset();
        setContent(after.first(size) + QByteArray(zeros ? after.size() - size : 0, '\0'));
        const bool isWhole = zeros && content() == after;
        QCOMPARE(loaded(), isWhole ? stateAfter : stateBefore);
        if (size % 16 != 0)
            continue;
        QVERIFY(m_store->save({batch(6)}).result().isOk()); // goes on behind it
        QCOMPARE(loaded().batches.size(), isWhole ? 4 : 2);
    }
}

/* Each byte of all but the last record. */
void tst_FileProducerStore::damageIsTold()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    const qsizetype size = content().size();
    QVERIFY(loaded().batches.size() == 1 && m_store->save({batch(6)}).result().isOk());
    m_store.reset();
    const QByteArray whole = content();
    for (qsizetype i = 0; i < size; ++i) {
        QByteArray bytes = whole;
        bytes[i] = char(bytes[i] ^ 0x10);
        setContent(bytes);
        FileProducerStore store(m_path);
        ProducerState state;
        const StreamError error = store.load(&state);
        QVERIFY2(error.code() == Code::ParseError, qPrintable(QString::number(i)));
        QVERIFY(error.message().contains(QDir::toNativeSeparators(m_path)));
        QVERIFY(state.isEmpty());
        QCOMPARE(store.save({batch(7)}).result().code(), Code::ParseError);
    }
    m_store.reset();
}

void tst_FileProducerStore::foreignFile_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("empty") << QByteArray();
    QTest::newRow("short") << QByteArray("DSP");
    QTest::newRow("another") << QByteArray(1000, 'x');
    QTest::newRow("the magic alone") << QByteArray("DSPROD01");
}

void tst_FileProducerStore::foreignFile()
{
    QFETCH(QByteArray, bytes);
    setContent(bytes);
    ProducerState state;
    QCOMPARE(m_store->load(&state).code(), Code::ParseError);
    QCOMPARE(m_store->replace({"writer", 0, 0, {}}).code(), Code::ParseError);
    QCOMPARE(content(), bytes);
}

void tst_FileProducerStore::oneAtATime()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    FileProducerStore second(m_path);
    ProducerState state;
    QCOMPARE(second.load(&state).code(), Code::InvalidArgument);
    m_store.reset();
    QCOMPARE(second.load(&state), StreamError());
    QCOMPARE(state.id, "writer");
}

void tst_FileProducerStore::failedWriteIsMadeGood()
{
    const QString folder = m_directory->filePath(u"later"_s);
    m_path = folder + u"/producer"_s;
    m_store = std::make_unique<FileProducerStore>(m_path);
    const StreamError error = m_store->replace({"writer", 3, 5, {}});
    QCOMPARE(error.code(), Code::Busy);
    QVERIFY(error.isRetryable());
    QVERIFY(error.message().contains(QDir::toNativeSeparators(m_path)));
    QVERIFY(QDir().mkpath(folder));
    QCOMPARE(m_store->replace({"writer", 3, 5, {}}), StreamError());
    QCOMPARE(loaded().id, "writer");
}

void tst_FileProducerStore::fileCannotBeOpened()
{
    QVERIFY(QDir().mkpath(m_path));
    ProducerState state;
    const StreamError error = m_store->load(&state);
    QVERIFY(isRefusal(error));
    QVERIFY2(error.message().startsWith(u"Could not open"_s), qPrintable(error.message()));
    QCOMPARE(m_store->save({batch(5)}).result(), error);
    QVERIFY(QDir().rmdir(m_path));
    QCOMPARE(m_store->load(&state), StreamError());
}

#ifdef Q_OS_LINUX

void tst_FileProducerStore::lockCannotBeWritten()
{
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    m_store = std::make_unique<FileProducerStore>(m_path);
    ProducerState state;
    {
        const FileSizeLimit limit(0);
        QVERIFY(isRefusal(m_store->load(&state)));
        QCOMPARE(files(), QStringList{u"producer"_s});
    }
    QCOMPARE(m_store->load(&state), StreamError());
    QCOMPARE(state.batches, QList<ProducerBatch>{batch(5)});
}

/* What is left of the record is not kept, and nothing is written behind it. */
void tst_FileProducerStore::recordIsCutOff()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    const QByteArray before = content();
    {
        const FileSizeLimit limit(before.size() + 20);
        QVERIFY(isRefusal(m_store->save({batch(6)}).result()));
    }
    QCOMPARE(content().size(), before.size() + 20);
    QCOMPARE(m_store->save({batch(6)}).result(), StreamError());
    QCOMPARE(m_store->save({batch(7)}).result(), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 8, {batch(5), batch(6), batch(7)}}));
}

/* It may well be there, and yet it is not there twice when it is saved again. */
void tst_FileProducerStore::recordIsNotOnTheDisk()
{
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    onDataSync = refuse;
    QVERIFY(isRefusal(m_store->save({batch(6)}).result()));
    onDataSync = nullptr;
    QCOMPARE(m_store->save({batch(6)}).result(), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 7, {batch(5), batch(6)}}));
}

void tst_FileProducerStore::wholeFileIsCutOff_data()
{
    QTest::addColumn<qsizetype>("size");

    QTest::newRow("small") << qsizetype(1000);
    QTest::newRow("large") << qsizetype(100'000);
}

/* The one that is there stays. */
void tst_FileProducerStore::wholeFileIsCutOff()
{
    QFETCH(qsizetype, size);
    const ProducerBatch next = batch(6, QByteArray(size, '7'));
    QVERIFY(m_store->replace({"writer", 3, 5, {}}).isOk());
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    {
        const FileSizeLimit limit(content().size() + 20);
        QVERIFY(isRefusal(m_store->save({next}).result()));
        const QByteArray before = content();
        QVERIFY(isRefusal(m_store->save({next}).result()));
        QCOMPARE(content(), before);
        QCOMPARE(files(), (QStringList{u"producer"_s, u"producer.lock"_s}));
    }
    QCOMPARE(m_store->save({next}).result(), StreamError());
    QCOMPARE(loaded(), (ProducerState{"writer", 3, 7, {batch(5), next}}));
}

void tst_FileProducerStore::wholeFileIsNotOnTheDisk()
{
    ProducerState state;
    QVERIFY(m_store->load(&state).isOk());
    onDataSync = refuse;
    QVERIFY(isRefusal(m_store->replace({"writer", 3, 5, {}})));
    QCOMPARE(files(), QStringList{u"producer.lock"_s});
    onDataSync = nullptr;
    QCOMPARE(m_store->replace({"writer", 3, 5, {}}), StreamError());
    QCOMPARE(loaded().id, "writer");
}

/* Others could read it, so there is none. */
void tst_FileProducerStore::wholeFileCannotBeHidden()
{
    onPermissions = refuse;
    QVERIFY(isRefusal(m_store->save({batch(5)}).result()));
    QCOMPARE(files(), QStringList{u"producer.lock"_s});
    onPermissions = nullptr;
    QCOMPARE(m_store->save({batch(5)}).result(), StreamError());
    QCOMPARE(loaded().batches, QList<ProducerBatch>{batch(5)});
}

/* Its name is too long for the one that it has before it is in place; that of the lock just fits. */
void tst_FileProducerStore::wholeFileCannotBePutInPlace()
{
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    const QString name(NAME_MAX - 5, u'p');
    const QString path = std::exchange(m_path, m_directory->filePath(name));
    QVERIFY(QFile::rename(path, m_path));
    QCOMPARE(loaded().batches, QList<ProducerBatch>{batch(5)});
    const FileSizeLimit limit(content().size() + 20);
    QVERIFY(isRefusal(m_store->save({batch(6, QByteArray(1000, '7'))}).result()));
    const StreamError error = m_store->save({}).result(); // Qt does not know why
    QCOMPARE(error.code(), Code::Busy);
    QVERIFY(error.message().contains(QDir::toNativeSeparators(m_path)));
    QCOMPARE(files(), (QStringList{name, name + u".lock"_s}));
    QCOMPARE(loaded().batches, QList<ProducerBatch>{batch(5)});
}

/* The new file is in its place, perhaps not for long: nothing counts as saved, nor is it there twice. */
void tst_FileProducerStore::folderIsNotOnTheDisk()
{
    onFolderSync = refuse;
    QVERIFY(isRefusal(m_store->save({batch(5)}).result()));
    QVERIFY(!content().isEmpty());
    ProducerState state;
    QCOMPARE(m_store->load(&state), StreamError());
    QVERIFY(state.isEmpty());
    onFolderSync = nullptr;
    QCOMPARE(m_store->save({batch(5)}).result(), StreamError());
    QCOMPARE(loaded().batches, QList<ProducerBatch>{batch(5)});
}

void tst_FileProducerStore::wholeFileCannotBeOpened()
{
    onFolderSync = [this] { return QFile::remove(m_path) && QDir().mkpath(m_path); };
    QVERIFY(isRefusal(m_store->save({batch(5)}).result()));
    onFolderSync = nullptr;
    QVERIFY(QDir().rmdir(m_path));
    QCOMPARE(m_store->save({batch(5)}).result(), StreamError());
    QCOMPARE(m_store->save({batch(6)}).result(), StreamError());
    QCOMPARE(loaded().batches, (QList<ProducerBatch>{batch(5), batch(6)}));
}

void tst_FileProducerStore::fileIsNotWrittenAnew_data()
{
    QTest::addColumn<bool>("folderIsAway");

    QTest::newRow("its folder is away") << true;
    QTest::newRow("it is not on the disk") << false;
}

/* What was added to the large one is kept. */
void tst_FileProducerStore::fileIsNotWrittenAnew()
{
    QFETCH(bool, folderIsAway);
    const QString folder = m_directory->filePath(u"folder"_s);
    const QString away = m_directory->filePath(u"away"_s);
    m_path = folder + u"/producer"_s;
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(loaded().isEmpty());
    QVERIFY(m_store->save({batch(5, QByteArray(2'000'000, '1')), batch(6)}).result().isOk());
    QVERIFY(!folderIsAway || QDir().rename(folder, away));
    onDataSync = refuse; // a removal does not wait for the disk
    QCOMPARE(m_store->remove(3, 5), StreamError());
    onDataSync = nullptr;
    QVERIFY(!folderIsAway || QDir().rename(away, folder));
    QVERIFY(content().size() > 2'000'000);
    QCOMPARE(m_store->save({batch(7)}).result(), StreamError());
    QVERIFY(content().size() < 1'000'000);
    QCOMPARE(loaded().batches, (QList<ProducerBatch>{batch(6), batch(7)}));
}

/* The large file has no name any more: nothing is added to it. */
void tst_FileProducerStore::fileIsWrittenAnewAgain()
{
    const ProducerBatch large = batch(7, QByteArray(500'000, '7')); // for which the file is not too large
    QVERIFY(m_store->save({batch(5, QByteArray(2'000'000, '1')), batch(6)}).result().isOk());
    onFolderSync = refuse;
    QCOMPARE(m_store->remove(3, 5), StreamError());
    onFolderSync = nullptr;
    QVERIFY(content().size() < 1'000'000);
    QCOMPARE(m_store->save({large}).result(), StreamError());
    QCOMPARE(loaded().batches, (QList<ProducerBatch>{batch(6), large}));
}

void tst_FileProducerStore::cutOffEndStays()
{
    QVERIFY(m_store->save({batch(5)}).result().isOk());
    m_store.reset();
    const QByteArray before = content();
    const QByteArray bytes = before + "cut off";
    const int sealed = ::memfd_create("sealed", MFD_ALLOW_SEALING);
    const auto close = qScopeGuard([sealed] { ::close(sealed); });
    QVERIFY(::write(sealed, bytes.constData(), size_t(bytes.size())) == bytes.size());
    QVERIFY(::fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
    QVERIFY(QFile::remove(m_path) && QFile::link(u"/proc/self/fd/%1"_s.arg(sealed), m_path));
    m_store = std::make_unique<FileProducerStore>(m_path);
    ProducerState state;
    QVERIFY(isRefusal(m_store->load(&state)));
    QVERIFY(isRefusal(m_store->save({batch(6)}).result()));
    QVERIFY(QFile::remove(m_path));
    setContent(bytes);
    QCOMPARE(m_store->save({batch(6)}).result(), StreamError());
    QCOMPARE(loaded().batches, (QList<ProducerBatch>{batch(5), batch(6)}));
}

#endif

QTEST_GUILESS_MAIN(tst_FileProducerStore)
#include "tst_fileproducerstore.moc"
