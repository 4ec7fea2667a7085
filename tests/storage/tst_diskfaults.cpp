// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Commit.h"
#include "FaultyDisk.h"

#include <DurableStreams/SqliteStore>

#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

using Code = StreamError::Code;
using State = OutboxTransaction::State;
using Files = FaultyDisk::Files;
using Kept = FaultyDisk::Kept;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!QTest::qVerify(bool(condition), #condition, "", __FILE__, __LINE__))                                      \
            return false;                                                                                              \
    } while (false)

/* All timers of \a object are over, and what was posted is done. */
void hurry(QObject *object)
{
    const QList<QTimer *> timers = object->findChildren<QTimer *>();
    const auto isActive = [](const QTimer *timer) { return timer->isActive(); };
    while (std::any_of(timers.begin(), timers.end(), isActive)) {
        for (QTimer *timer : timers) {
            if (timer->isActive())
                timer->setInterval(0);
        }
        QCoreApplication::processEvents();
    }
}

/* The result of \a future, which \a object has to finish by itself. */
template <typename Result>
std::optional<Result> resultOf(const QFuture<Result> &future, QObject *object)
{
    for (int round = 0; round < 2; ++round) // what is posted meanwhile, too
        QCoreApplication::sendPostedEvents(object);
    if (!future.isFinished())
        hurry(object);
    return future.isFinished() ? std::optional(future.result()) : std::nullopt;
}

/* What may be tried again, with the name of the file. */
bool isRefusal(const StreamError &error, const QString &folder)
{
    return (error.code() == Code::StorageFull || error.code() == Code::StorageFailed)
        && error.message().contains(folder + u"/board."_s);
}

std::vector<FaultyDisk::Fault> faultsOf(qint64 number, FaultyDisk::Call call)
{
    if (call == FaultyDisk::Call::Write)
        return {{number, false, ENOSPC, true}, {number, false, EIO, false}, {number, true, ENOSPC, false}};
    return {{number, false, EIO, false}, {number, true, EIO, false}};
}

/* Whether a call is one of many writes, but for some of them. */
bool isAlike(const QList<FaultyDisk::Call> &calls, qsizetype place)
{
    constexpr qsizetype step = 997;
    const auto isWrite = [&calls](qsizetype i) { return calls.value(i) == FaultyDisk::Call::Write; };
    return isWrite(place - 1) && isWrite(place) && isWrite(place + 1) && place % step != 0;
}

/* In memory, as the real disk has no say. */
QString folderTemplate()
{
    const QString memory = u"/dev/shm"_s;
    return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + u"/diskfaults-XXXXXX"_s;
}

QByteArray described(const FaultyDisk::Fault &fault)
{
    return "call " + QByteArray::number(fault.number) + (fault.lasts ? " and on" : "") + ", error "
        + QByteArray::number(fault.error) + (fault.isShort ? ", half done" : "");
}

QByteArray textOf(const OutboxTransaction &transaction)
{
    QByteArray text = transaction.txid + ' ' + QByteArray::number(int(transaction.state)) + ' ' + transaction.nextOffset
        + ' ' + transaction.error.message().toUtf8();
    for (const Mutation &mutation : transaction.mutations) {
        const QByteArray value = mutation.value.toByteArray();
        text += '\n' + mutation.key + '=' + QByteArray::number(value.size()) + ' ' + QByteArray::number(qHash(value));
    }
    return text;
}

/* What an outbox has to hold. Its functions tell whether they fit. */
struct Model
{
    QMap<quint64, OutboxTransaction> transactions;
    ProducerState producer;

    Model() = default;
    explicit Model(const OutboxContent &content)
        : producer(content.producer)
    {
        for (const OutboxTransaction &transaction : content.transactions)
            transactions.insert(transaction.sequence, transaction);
    }

    bool isUnderWay(quint64 sequence) const
    {
        return std::any_of(producer.batches.begin(), producer.batches.end(), [sequence](const ProducerBatch &batch) {
            return std::any_of(batch.appends.begin(), batch.appends.end(),
                               [sequence](const auto &append) { return append.id == sequence; });
        });
    }
    bool isWaiting(quint64 sequence) const
    {
        const auto transaction = transactions.find(sequence);
        return transaction != transactions.end() && transaction->state == State::Saved;
    }
    bool add(const OutboxTransaction &transaction)
    {
        const bool isNew = !transactions.contains(transaction.sequence);
        if (isNew)
            transactions.insert(transaction.sequence, transaction);
        return isNew;
    }
    bool replace(const OutboxTransaction &transaction)
    {
        const bool fits = isWaiting(transaction.sequence) && !isUnderWay(transaction.sequence);
        if (fits)
            transactions.insert(transaction.sequence, transaction);
        return fits;
    }
    bool freeze(const ProducerBatch &batch)
    {
        bool fits = !producer.isEmpty() && producer.epoch == batch.epoch && producer.nextSequence == batch.sequence;
        for (const ProducerBatch::Append &append : batch.appends)
            fits = fits && isWaiting(append.id);
        if (fits) {
            ++producer.nextSequence;
            producer.batches.append(batch);
        }
        return fits;
    }
    bool answer(qint64 sequence, const QByteArray &nextOffset)
    {
        const auto batch = std::find_if(producer.batches.begin(), producer.batches.end(),
                                        [sequence](const auto &batch) { return batch.sequence == sequence; });
        if (batch == producer.batches.end())
            return false;
        for (const ProducerBatch::Append &append : std::as_const(batch->appends)) {
            if (isWaiting(append.id)) {
                transactions[append.id].state = State::Answered;
                transactions[append.id].nextOffset = nextOffset;
            }
        }
        producer.batches.erase(batch);
        return true;
    }
    bool fail(quint64 sequence, const StreamError &error)
    {
        const bool isThere = transactions.contains(sequence);
        if (isThere) {
            transactions[sequence].state = State::Failed;
            transactions[sequence].error = error;
        }
        return isThere;
    }

    QByteArrayList texts() const
    {
        QByteArrayList texts;
        for (const OutboxTransaction &transaction : transactions)
            texts.append(QByteArray::number(transaction.sequence) + ' ' + textOf(transaction));
        return texts;
    }
    bool operator==(const Model &other) const { return producer == other.producer && texts() == other.texts(); }
};

/* One call of an outbox. */
struct Step
{
    std::function<QFuture<StreamError>(OutboxStore *)> ask;
    std::function<bool(Model &)> change;
};

OutboxTransaction transaction(quint64 sequence, const QByteArray &text, qsizetype size = 0)
{
    const JsonText value = JsonText::fromVariant(QString::fromUtf8(text + QByteArray(size, 'x')));
    return {sequence,
            "txid " + QByteArray::number(sequence),
            {{Operation::Upsert, "card", "a", value, {}}, {Operation::Upsert, "card", "b", value, {}}},
            {}};
}

Step add(quint64 sequence, qsizetype size = 0)
{
    const OutboxTransaction added = transaction(sequence, "added", size);
    return {[added](OutboxStore *outbox) { return outbox->add(added); },
            [added](Model &model) { return model.add(added); }};
}

Step replace(quint64 sequence, qsizetype size = 0)
{
    const OutboxTransaction replaced = transaction(sequence, "replaced", size);
    return {[replaced](OutboxStore *outbox) { return outbox->replace(replaced); },
            [replaced](Model &model) { return model.replace(replaced); }};
}

Step setProducer()
{
    const ProducerState producer{"writer", 3, 7, {}};
    return {[producer](OutboxStore *outbox) { return outbox->setProducer(producer); },
            [producer](Model &model) {
                model.producer = producer;
                return true;
            }};
}

Step freeze(qint64 sequence, const QList<quint64> &transactions, qsizetype size = 2)
{
    ProducerBatch batch{3, sequence, "application/json", QByteArray(size, 'y'), {}, false};
    for (const quint64 transaction : transactions)
        batch.appends.append({transaction, size});
    return {[batch](OutboxStore *outbox) { return outbox->freeze({batch}); },
            [batch](Model &model) { return model.freeze(batch); }};
}

Step answer(qint64 sequence)
{
    const QByteArray nextOffset = "offset " + QByteArray::number(sequence);
    return {[=](OutboxStore *outbox) { return outbox->answer(3, sequence, nextOffset); },
            [=](Model &model) { return model.answer(sequence, nextOffset); }};
}

Step fail(quint64 sequence)
{
    const StreamError error(Code::UnexpectedStatus, u"refused"_s, {}, 400);
    return {[=](OutboxStore *outbox) { return outbox->fail(sequence, error); },
            [=](Model &model) { return model.fail(sequence, error); }};
}

Step remove(const QList<quint64> &sequences)
{
    return {[=](OutboxStore *outbox) { return outbox->remove(sequences); },
            [=](Model &model) {
                for (const quint64 sequence : sequences)
                    model.transactions.remove(sequence);
                return true;
            }};
}

/* What is asked for together, one group behind the other. */
using Scenario = std::vector<std::vector<Step>>;

Scenario smallScenario()
{
    return {{setProducer()},
            {add(1)},
            {add(2, 9000), add(3), add(4)},
            {freeze(7, {1, 2})},
            {replace(3, 5000)},
            {answer(7)},
            {freeze(8, {3}, 6000), add(5), fail(4)},
            {remove({1, 2})},
            {answer(8), replace(5), add(6)},
            {remove({4}), freeze(9, {5})}};
}

/* Its log is so long that it is shortened, and one transaction so large that it does not fit into memory. */
Scenario largeScenario()
{
    constexpr qsizetype large = 2'200'000;
    return {{setProducer(), add(1)}, {add(2, large)}, {freeze(7, {1, 2})}, {add(3)}};
}

/* What a program left, and what an outbox has to find in it. */
struct OutboxRest
{
    Files files;
    Model model;
    std::vector<Model> perhaps; // in the place of the model

    bool isKept() const
    {
        const QTemporaryDir folder(folderTemplate());
        FaultyDisk::put(files, folder.path());
        const std::unique_ptr<OutboxStore> outbox = SqliteStore({folder.path()}).makeOutbox(u"board"_s);
        const std::optional<OutboxContent> content = resultOf(outbox->load("board"), outbox.get());
        CHECK(content.has_value());
        CHECK(content->error == StreamError());
        return isIn(*content);
    }

    bool isIn(const OutboxContent &content) const
    {
        const Model found(content);
        CHECK(found.transactions.size() == content.transactions.size());
        CHECK(found == model || std::find(perhaps.begin(), perhaps.end(), found) != perhaps.end());
        return true;
    }
};

/* An outbox on a disk with faults, and what it has to hold. */
class OutboxRun
{
public:
    explicit OutboxRun(const Files &files = {})
        : m_folder(folderTemplate())
        , m_disk(m_folder.path(), files)
    {
    }

    FaultyDisk &disk() { return m_disk; }
    const Model &model() const { return m_model; }
    bool isOpen() const { return m_isOpen; }
    void expect(const Model &model) { m_model = model; }

    bool load()
    {
        m_outbox = SqliteStore({m_disk.folder()}).makeOutbox(u"board"_s);
        const std::optional<OutboxContent> content = resultOf(m_outbox->load("board"), m_outbox.get());
        CHECK(content.has_value());
        m_isOpen = content->error.isOk();
        CHECK(m_isOpen || (m_disk.hasFailed() && isRefusal(content->error, m_disk.folder())));
        if (!m_isOpen)
            return true;
        CHECK(rest(Kept::All).isIn(*content));
        m_model = Model(*content);
        m_perhaps.clear();
        return true;
    }
    void close() { m_outbox.reset(); }

    bool ask(const Scenario &scenario)
    {
        for (const std::vector<Step> &group : scenario) {
            if (!ask(group))
                return false;
        }
        return true;
    }

    /* What was refused, once more. */
    bool askAgain()
    {
        for (const Step &step : std::exchange(m_left, {})) {
            if (!ask(std::vector<Step>{step}))
                return false;
        }
        return true;
    }

    /* What has to be there, should the program end now. */
    OutboxRest rest(Kept kept) const { return {m_disk.files(kept), m_model, m_perhaps}; }

private:
    bool ask(const std::vector<Step> &group)
    {
        // A crash may leave the group as a whole before anybody was told.
        m_perhaps.push_back(together(group));
        std::vector<QFuture<StreamError>> futures;
        futures.reserve(group.size());
        for (const Step &step : group)
            futures.push_back(step.ask(m_outbox.get()));
        for (std::size_t i = 0; i < group.size(); ++i) {
            if (!learn(group[i], resultOf(futures[i], m_outbox.get())))
                return false;
        }
        hurry(m_outbox.get());
        return true;
    }

    /* What became of one call. */
    bool learn(const Step &step, const std::optional<StreamError> &error)
    {
        CHECK(error.has_value());
        Model next = m_model;
        const bool fits = step.change(next);
        if (error->isOk()) {
            CHECK(fits);
            m_model = next;
            m_perhaps.clear();
            return true;
        }
        m_left.push_back(step);
        if (error->code() == Code::InvalidArgument) {
            CHECK(!fits);
            return true;
        }
        CHECK(m_disk.hasFailed() && isRefusal(*error, m_disk.folder()));
        m_perhaps.push_back(next);
        return true;
    }

    Model together(const std::vector<Step> &group) const
    {
        Model model = m_model;
        for (const Step &step : group)
            step.change(model);
        return model;
    }

    const QTemporaryDir m_folder;
    FaultyDisk m_disk;
    std::unique_ptr<OutboxStore> m_outbox;
    bool m_isOpen = false;
    Model m_model;
    std::vector<Model> m_perhaps; // what was refused may be there, until something is kept behind it
    std::vector<Step> m_left;
};

/* Rows by type and key, with their order. */
using Rows = QMap<QByteArray, QByteArray>;

QByteArray rowText(quint64 order, QByteArrayView value)
{
    return QByteArray::number(order) + ' ' + value.toByteArray();
}

/* One commit, and all rows behind it. */
struct Committed
{
    QByteArray offset;
    ChangeSetPointer changes;
    bool replaces;
    Rows rows;
};

/* Commits, one behind the other. */
class History
{
public:
    History &begin(bool replaces = false)
    {
        if (replaces)
            m_rows.clear();
        const QByteArray offset = QByteArray::number(m_commits.size() + 1);
        m_commit.emplace(offset);
        m_commits.push_back({offset, m_commit->changes(), replaces, m_rows});
        return *this;
    }
    History &set(const QByteArray &type, const QByteArray &key, quint64 order, qsizetype size = 10)
    {
        const QByteArray value = '"' + m_commits.back().offset + QByteArray(size, 'x') + '"';
        m_commit->set(type, key, value, order);
        m_rows.insert(type + ' ' + key, rowText(order, value));
        m_commits.back().rows = m_rows;
        return *this;
    }
    History &remove(const QByteArray &type, const QByteArray &key, quint64 order)
    {
        m_commit->remove(type, key, order);
        m_rows.remove(type + ' ' + key);
        m_commits.back().rows = m_rows;
        return *this;
    }
    const std::vector<Committed> &commits() const { return m_commits; }

private:
    std::optional<Commit> m_commit;
    std::vector<Committed> m_commits;
    Rows m_rows;
};

History smallHistory()
{
    History history;
    history.begin().set("card", "a", 1).set("card", "b", 2, 6000);
    history.begin().set("card", "c", 3).remove("card", "a", 1);
    history.begin().set("card", "b", 3).set("card", "c", 2).set("log", "1", 1);
    history.begin(true).set("card", "d", 1, 9000).set("log", "2", 2);
    history.begin().set("card", "d", 1).set("card", "e", 4);
    return history;
}

/* Its first rows go to the disk without a log; its next ones fill one. */
History largeHistory()
{
    constexpr int count = 550;
    History history;
    for (int i = 0; i < 2; ++i) {
        history.begin();
        for (int row = 0; row < count; ++row)
            history.set("card", QByteArray::number(row), quint64(row), i == 0 ? 2000 : 9000);
    }
    history.begin().set("card", "1", 1).remove("card", "2", 2);
    return history;
}

/* What a program left of a checkpoint, and which commit it was told of. */
struct CheckpointRest
{
    Files files;
    const History *history;
    int given; // so many commits
    int written;

    bool isKept() const
    {
        const QTemporaryDir folder(folderTemplate());
        FaultyDisk::put(files, folder.path());
        const std::unique_ptr<CheckpointStore> checkpoint = SqliteStore({folder.path()}).makeCheckpoint(u"board"_s);
        StreamError error;
        CHECK(found(checkpoint.get(), &error) >= written);
        CHECK(error == StreamError());
        return true;
    }

    /* The number of the commit that is found; 0 without one, -1 where it is none of those. */
    int found(CheckpointStore *checkpoint, StreamError *error) const
    {
        CheckpointHead head;
        Rows rows;
        const QObject context;
        QObject::connect(checkpoint, &CheckpointStore::begun, &context, [&](const auto &begun) { head = begun; });
        QObject::connect(checkpoint, &CheckpointStore::rowsRead, &context, [&](const CheckpointRows &part) {
            for (const RowVersionPointer &row : part.rows)
                rows.insert(part.type + ' ' + row->key().toByteArray(), rowText(row->order(), row->value()));
        });
        QObject::connect(checkpoint, &CheckpointStore::loaded, &context, [&](const auto &loaded) { *error = loaded; });
        checkpoint->load({"board", "1", {}});
        QCoreApplication::sendPostedEvents(checkpoint);
        if (head.found == CheckpointHead::Found::Nothing)
            return 0;
        const int number = head.offset.toInt();
        const bool isOne = head.found == CheckpointHead::Found::Rows && number > 0 && number <= given;
        return isOne && rows == history->commits()[std::size_t(number - 1)].rows ? number : -1;
    }
};

/* A checkpoint on a disk with faults. */
class CheckpointRun
{
public:
    explicit CheckpointRun(const History *history)
        : m_folder(folderTemplate())
        , m_disk(m_folder.path())
        , m_history(history)
    {
    }

    FaultyDisk &disk() { return m_disk; }
    bool isOpen() const { return m_isOpen; }
    CheckpointRest rest(Kept kept) const { return {m_disk.files(kept), m_history, m_given, m_written}; }

    bool load()
    {
        SqliteStoreOptions options{m_disk.folder()};
        options.checkpointDelay = std::chrono::hours(1);
        m_checkpoint = SqliteStore(options).makeCheckpoint(u"board"_s);
        QObject::connect(m_checkpoint.get(), &CheckpointStore::written,
                         [this](const QByteArray &offset) { m_written = offset.toInt(); });
        QObject::connect(m_checkpoint.get(), &CheckpointStore::failed,
                         [this](const StreamError &error) { m_failure = error; });
        StreamError error;
        const int found = rest(Kept::All).found(m_checkpoint.get(), &error);
        m_isOpen = error.isOk();
        CHECK(m_isOpen || (m_disk.hasFailed() && isRefusal(error, m_disk.folder())));
        CHECK(!m_isOpen || found >= m_written);
        return true;
    }
    void close() { m_checkpoint.reset(); }

    bool commitAll()
    {
        for (const Committed &commit : m_history->commits()) {
            ++m_given;
            commit.replaces ? m_checkpoint->replace(commit.changes, {}) : m_checkpoint->write(commit.changes, {});
            if (!flush())
                return false;
        }
        return true;
    }
    bool flush()
    {
        m_failure = {};
        const std::optional<StreamError> error = resultOf(m_checkpoint->flush(), m_checkpoint.get());
        CHECK(error.has_value());
        CHECK(error->isOk() ? m_written == m_given : *error == m_failure || !m_isOpen);
        CHECK(error->isOk() || (m_disk.hasFailed() && isRefusal(*error, m_disk.folder())));
        return true;
    }
    bool isUpToDate() const { return m_written == m_given; }

private:
    const QTemporaryDir m_folder;
    FaultyDisk m_disk;
    const History *m_history;
    std::unique_ptr<CheckpointStore> m_checkpoint;
    bool m_isOpen = false;
    StreamError m_failure;
    int m_given = 0;
    int m_written = 0;
};

} // namespace

/*!
 * Each call of the system for a file fails once: what was said to be kept is there, and all else as a whole or not at
 * all.
 */
class tst_DiskFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void diskSeesAll();
    void outboxIsWrittenTo();
    void outboxIsLong();
    void outboxIsRead();
    void outboxLosesPower();
    void checkpointIsWrittenTo_data();
    void checkpointIsWrittenTo();
    void checkpointLosesPower_data();
    void checkpointLosesPower();

private:
    static void addHistories();
    static bool checkpointSurvives(const History &history, const FaultyDisk::Fault &fault);
    static bool outboxSurvives(const Scenario &scenario, const FaultyDisk::Fault &fault);
};

void tst_DiskFaults::initTestCase()
{
    QHashSeed::setDeterministicGlobalSeed(); // the same calls in each run
}

void tst_DiskFaults::diskSeesAll()
{
    OutboxRun run;
    QVERIFY(run.load() && run.isOpen() && run.ask(smallScenario()));
    const QList<FaultyDisk::Call> calls = run.disk().calls();
    QVERIFY(calls.contains(FaultyDisk::Call::Write) && calls.contains(FaultyDisk::Call::Sync));
    QCOMPARE(run.disk().files(Kept::All), FaultyDisk::filesIn(run.disk().folder()));
    QVERIFY(run.rest(Kept::All).isKept());
    run.close();
    QVERIFY(run.disk().calls().contains(FaultyDisk::Call::Unlink));
}

bool tst_DiskFaults::outboxSurvives(const Scenario &scenario, const FaultyDisk::Fault &fault)
{
    OutboxRun run;
    run.disk().fail(fault);
    CHECK(run.load());
    CHECK(!run.isOpen() || run.ask(scenario));
    CHECK(run.rest(Kept::All).isKept());
    CHECK(fault.lasts || run.rest(Kept::None).isKept());
    if (fault.lasts)
        run.close();
    run.disk().mend();
    CHECK(!run.isOpen() || fault.lasts || (run.askAgain() && run.rest(Kept::None).isKept()));
    run.close();
    CHECK(run.load() && run.isOpen());
    CHECK(run.askAgain());
    CHECK(run.rest(Kept::All).isKept());
    return true;
}

void tst_DiskFaults::outboxIsWrittenTo()
{
    OutboxRun whole;
    QVERIFY(whole.load() && whole.ask(smallScenario()));
    whole.close();
    const QList<FaultyDisk::Call> calls = whole.disk().calls();
    int count = 0;
    for (qsizetype i = 0; i < calls.size(); ++i) {
        for (const FaultyDisk::Fault &fault : faultsOf(i + 1, calls[i])) {
            ++count;
            QVERIFY2(outboxSurvives(smallScenario(), fault), described(fault));
        }
    }
    qInfo("%lld calls, %d faults", calls.size(), count);
}

void tst_DiskFaults::outboxIsLong()
{
    OutboxRun whole;
    QVERIFY(whole.load());
    const qsizetype first = whole.disk().calls().size();
    QVERIFY(whole.ask(largeScenario()));
    whole.close();
    const QList<FaultyDisk::Call> calls = whole.disk().calls();
    int count = 0;
    for (qsizetype i = first; i < calls.size(); ++i) {
        if (isAlike(calls, i))
            continue;
        const std::vector<FaultyDisk::Fault> faults = faultsOf(i + 1, calls[i]);
        const FaultyDisk::Fault &fault = faults[std::size_t(count++) % faults.size()];
        QVERIFY2(outboxSurvives(largeScenario(), fault), described(fault));
    }
    qInfo("%lld calls, %d faults", calls.size(), count);
}

/* What a killed program left, and what one that was closed did. */
void tst_DiskFaults::outboxIsRead()
{
    OutboxRun writer;
    QVERIFY(writer.load() && writer.ask(smallScenario()));
    std::vector<OutboxRest> rests{writer.rest(Kept::All)};
    writer.close();
    rests.push_back(writer.rest(Kept::All));
    int count = 0;
    for (const OutboxRest &rest : rests) {
        bool hasFailed = true;
        for (qint64 number = 2; hasFailed; ++number, ++count) {
            FaultyDisk::Fault fault{number / 2, false, EIO};
            fault.isPlace = number % 2 == 1;
            OutboxRun run(rest.files);
            run.disk().readsCount();
            run.disk().fail(fault);
            run.expect(rest.model);
            QVERIFY2(run.load(), described(fault));
            hasFailed = run.disk().hasFailed();
            run.close();
            run.disk().mend();
            QVERIFY2(run.load() && run.isOpen(), described(fault));
        }
    }
    qInfo("%d faults", count);
}

void tst_DiskFaults::outboxLosesPower()
{
    std::vector<OutboxRest> rests;
    OutboxRun run;
    const auto losePower = [&] {
        for (const Kept kept : {Kept::EverySecond, Kept::None, Kept::Nothing})
            rests.push_back(run.rest(kept));
    };
    run.disk().setBeforeSync(losePower);
    QVERIFY(run.load() && run.isOpen() && run.ask(smallScenario()));
    losePower();
    run.close();
    losePower();
    run.disk().setBeforeSync({});
    for (const OutboxRest &rest : rests)
        QVERIFY(rest.isKept());
    qInfo("%d losses of power", int(rests.size()));
}

void tst_DiskFaults::addHistories()
{
    QTest::addColumn<bool>("isLarge");
    QTest::newRow("small") << false;
    QTest::newRow("large") << true;
}

bool tst_DiskFaults::checkpointSurvives(const History &history, const FaultyDisk::Fault &fault)
{
    CheckpointRun run(&history);
    run.disk().fail(fault);
    CHECK(run.load());
    CHECK(!run.isOpen() || run.commitAll());
    CHECK(run.rest(Kept::All).isKept());
    if (!run.isOpen()) {
        run.disk().mend();
        CHECK(run.load() && run.isOpen() && run.commitAll());
    }
    run.disk().mend();
    CHECK(run.flush() && run.isUpToDate());
    run.close();
    CHECK(run.rest(Kept::All).isKept());
    return true;
}

void tst_DiskFaults::checkpointIsWrittenTo_data()
{
    addHistories();
}

void tst_DiskFaults::checkpointIsWrittenTo()
{
    QFETCH(const bool, isLarge);
    const History history = isLarge ? largeHistory() : smallHistory();
    CheckpointRun whole(&history);
    QVERIFY(whole.load());
    const qsizetype first = isLarge ? whole.disk().calls().size() : 0; // both begin alike
    QVERIFY(whole.commitAll());
    whole.close();
    const QList<FaultyDisk::Call> calls = whole.disk().calls();
    int count = 0;
    for (qsizetype i = first; i < calls.size(); ++i) {
        if (isLarge && isAlike(calls, i))
            continue;
        std::vector<FaultyDisk::Fault> faults = faultsOf(i + 1, calls[i]);
        if (isLarge)
            faults = {faults[std::size_t(i) % faults.size()]};
        for (const FaultyDisk::Fault &fault : faults) {
            ++count;
            QVERIFY2(checkpointSurvives(history, fault), described(fault));
        }
    }
    qInfo("%lld calls, %d faults", calls.size(), count);
}

void tst_DiskFaults::checkpointLosesPower_data()
{
    addHistories();
}

/* Which may take the last commits with it. */
void tst_DiskFaults::checkpointLosesPower()
{
    QFETCH(const bool, isLarge);
    const History history = isLarge ? largeHistory() : smallHistory();
    std::vector<CheckpointRest> rests;
    CheckpointRun run(&history);
    const auto losePower = [&] {
        for (const Kept kept : {Kept::EverySecond, Kept::None, Kept::Nothing}) {
            rests.push_back(run.rest(kept));
            rests.back().written = 0;
        }
    };
    run.disk().setBeforeSync(losePower);
    QVERIFY(run.load() && run.isOpen() && run.commitAll());
    losePower();
    run.close();
    losePower();
    run.disk().setBeforeSync({});
    for (std::size_t i = 0; i < rests.size(); ++i)
        QVERIFY2(rests[i].isKept(), qPrintable(QString::number(i)));
    qInfo("%d losses of power", int(rests.size()));
}

QTEST_GUILESS_MAIN(tst_DiskFaults)

#include "tst_diskfaults.moc"
