// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "OutboxFile_p.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMetaEnum>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace DurableStreams {

namespace {

using Code = StreamError::Code;

constexpr int ApplicationId = 0x4453514F; // "DSQO"
constexpr int FormatVersion = 3;
constexpr int FormatWithoutAnswers = 2;
// A transaction that is to be sent is answered where one of them has its sequence: a batch takes one line of it,
// mostly.
constexpr char16_t AnswersTable[] =
    u"CREATE TABLE answers (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, next_offset BLOB NOT NULL)";
constexpr std::chrono::seconds Patience(1);

// A log is on the disk after one wait, a rollback journal after three. Nobody else reads the file; without shared
// memory it opens also when the disk is full.
constexpr const char16_t *Settings[] = {
    u"PRAGMA locking_mode = EXCLUSIVE", u"PRAGMA journal_mode = WAL",     u"PRAGMA synchronous = FULL",
    u"PRAGMA fullfsync = ON",           u"PRAGMA wal_autocheckpoint = 0", u"PRAGMA secure_delete = ON",
};

// NULL stands for what is not there, and bytes are kept as they are.
QVariant bound(const QByteArray &bytes)
{
    return bytes.isNull() ? QByteArray("") : bytes;
}

QVariant bound(const JsonText &text)
{
    return text.isNull() ? QVariant() : QVariant(text.toByteArray());
}

QVariant bound(const QDateTime &time)
{
    return time.isValid() ? QVariant(time.toMSecsSinceEpoch()) : QVariant();
}

template <typename Enum>
QByteArray nameOf(Enum value)
{
    return QByteArray(QMetaEnum::fromType<Enum>().valueToKey(int(value)));
}

template <typename Enum>
std::optional<Enum> valueOf(const QByteArray &name)
{
    bool isKnown = false;
    const int value = QMetaEnum::fromType<Enum>().keyToValue(name.constData(), &isKnown);
    return isKnown ? std::optional(Enum(value)) : std::nullopt;
}

/* Null for NULL; nothing when it is damaged. */
std::optional<JsonText> jsonOf(const QVariant &value)
{
    return value.isNull() ? JsonText() : JsonText::fromJson(value.toByteArray());
}

QList<JsonText::Field> patchOf(const JsonText &object)
{
    QList<JsonText::Field> patch;
    for (const QByteArray &name : object.fieldNames())
        patch.append({name, object.fieldText(name)});
    return patch;
}

/* A JSON array for SQLite, so that one statement takes them all. */
template <typename Value, typename Write>
QByteArray arrayOf(const QList<Value> &values, const Write &write)
{
    QByteArray text(1, '[');
    for (const Value &value : values) {
        if (text.size() > 1)
            text += ',';
        write(value, &text);
    }
    return text + ']';
}

void addNumber(qint64 number, QByteArray *text)
{
    std::array<char, 20> digits;
    const char *const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text->append(digits.data(), end - digits.data());
}

/* `[[transaction,bytes],…]` */
QByteArray textOf(const QList<ProducerBatch::Append> &appends)
{
    return arrayOf(appends, [](const ProducerBatch::Append &append, QByteArray *text) {
        *text += '[';
        addNumber(qint64(append.id), text);
        *text += ',';
        addNumber(append.size, text);
        *text += ']';
    });
}

/* The first and the last transaction of each run without a gap, in order: mostly there is one. */
std::vector<std::pair<qint64, qint64>> runsOf(const QList<ProducerBatch::Append> &appends)
{
    std::vector<std::pair<qint64, qint64>> runs;
    for (const ProducerBatch::Append &append : appends) {
        const auto id = qint64(append.id);
        if (runs.empty() || id != runs.back().second + 1)
            runs.emplace_back(id, id);
        else
            runs.back().second = id;
    }
    std::sort(runs.begin(), runs.end());
    return runs;
}

bool takeChar(char expected, QByteArrayView *text)
{
    const bool isThere = text->startsWith(expected);
    if (isThere)
        *text = text->sliced(1);
    return isThere;
}

bool takeNumber(QByteArrayView *text, qint64 *number)
{
    const auto [end, error] = std::from_chars(text->begin(), text->end(), *number);
    *text = text->sliced(end - text->begin());
    return error == std::errc() && *number >= 0;
}

/* What textOf() wrote. */
std::optional<QList<ProducerBatch::Append>> appendsOf(QByteArrayView text)
{
    QList<ProducerBatch::Append> appends;
    bool isRead = takeChar('[', &text);
    do {
        qint64 id = 0;
        qint64 size = 0;
        isRead = isRead && takeChar('[', &text) && takeNumber(&text, &id) && takeChar(',', &text)
            && takeNumber(&text, &size) && takeChar(']', &text);
        appends.append({quint64(id), size});
    } while (isRead && takeChar(',', &text));
    return isRead && text == QByteArrayView("]") ? std::optional(appends) : std::nullopt;
}

} // namespace

OutboxFile::OutboxFile(const QString &path)
    : m_lock(path)
    , m_database(path)
{
}

OutboxContent OutboxFile::open(const QByteArray &stream)
{
    OutboxContent content;
    content.error = m_lock.take();
    if (!content.error.isOk())
        return content;
    content.error = openDatabase(stream, &content);
    if (content.error.code() == Code::StorageCorrupt)
        content.error = lookAgain(stream, &content);
    else if (!content.error.isOk())
        m_database.close();
    return content;
}

void OutboxFile::close()
{
    m_database.close();
    m_lock.release();
}

StreamError OutboxFile::openDatabase(const QByteArray &stream, OutboxContent *content)
{
    StreamError error = m_database.create();
    if (error.isOk())
        error = m_database.open(Patience);
    // Nobody else reads the file; without shared memory it opens also when the disk is full.
    if (error.isOk())
        error = m_database.execute(u"PRAGMA locking_mode = EXCLUSIVE"_s);
    SqliteDatabase::Kind kind;
    if (error.isOk())
        error = checkKind(stream, &kind);
    for (const char16_t *setting : Settings) {
        if (error.isOk())
            error = m_database.execute(QString::fromUtf16(setting));
    }
    m_lacksAnswers = !kind.isNew && kind.formatVersion == FormatWithoutAnswers;
    if (error.isOk() && kind.isNew)
        error = makeTables(stream);
    return error.isOk() ? read(content) : error;
}

StreamError OutboxFile::checkKind(const QByteArray &stream, SqliteDatabase::Kind *kind)
{
    StreamError error = m_database.readKind(kind);
    if (!error.isOk() || kind->isNew)
        return error;
    if (kind->applicationId != ApplicationId)
        return damage(u"it is no outbox"_s);
    if (kind->formatVersion != FormatVersion && kind->formatVersion != FormatWithoutAnswers) {
        return m_database.failure(Code::StorageFailed,
                                  u"another version of the library wrote it, and this one cannot read it"_s);
    }
    return check(stream);
}

StreamError OutboxFile::check(const QByteArray &stream)
{
    QVariant integrity;
    QVariant kept;
    StreamError error = m_database.read(&integrity, u"PRAGMA integrity_check(1)"_s);
    if (error.isOk() && integrity.toString() != "ok"_L1)
        return damage(integrity.toString());
    if (error.isOk())
        error = m_database.read(&kept, u"SELECT stream FROM outbox"_s);
    if (error.isOk() && kept.toByteArray() != stream) {
        return m_database.failure(Code::StorageFailed,
                                  u"it belongs to the stream %1"_s.arg(QString::fromUtf8(kept.toByteArray())));
    }
    return error;
}

StreamError OutboxFile::makeTables(const QByteArray &stream)
{
    const QStringList statements = {
        u"PRAGMA application_id = %1"_s.arg(ApplicationId),
        u"PRAGMA user_version = %1"_s.arg(FormatVersion),
        u"CREATE TABLE outbox (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), stream BLOB NOT NULL, producer BLOB "
        "NOT NULL, epoch INTEGER NOT NULL, next_sequence INTEGER NOT NULL)"_s,
        u"CREATE TABLE transactions (sequence INTEGER PRIMARY KEY, txid BLOB NOT NULL, created_at INTEGER, action BLOB "
        "NOT NULL, arguments BLOB, idempotency_key BLOB NOT NULL, state INTEGER NOT NULL, next_offset BLOB NOT NULL, "
        "error_code BLOB NOT NULL, error_message TEXT, http_status INTEGER NOT NULL)"_s,
        u"CREATE TABLE mutations (sequence INTEGER NOT NULL, place INTEGER NOT NULL, operation BLOB NOT NULL, type "
        "BLOB NOT NULL, key BLOB NOT NULL, value BLOB, patch BLOB, PRIMARY KEY (sequence, place)) WITHOUT ROWID"_s,
        u"CREATE TABLE batches (epoch INTEGER NOT NULL, batch INTEGER NOT NULL, content_type BLOB NOT NULL, body BLOB "
        "NOT NULL, closes INTEGER NOT NULL, appends TEXT NOT NULL, PRIMARY KEY (epoch, batch))"_s,
        QString::fromUtf16(AnswersTable),
    };
    return inTransaction([&] {
        const StreamError error = executeAll(statements);
        return error.isOk() ? m_database.execute(u"INSERT INTO outbox VALUES (1, ?, x'', 0, 0)"_s, {bound(stream)})
                            : error;
    });
}

StreamError OutboxFile::executeAll(const QStringList &statements)
{
    StreamError error;
    for (const QString &statement : statements) {
        if (error.isOk())
            error = m_database.execute(statement);
    }
    return error;
}

StreamError OutboxFile::inTransaction(const std::function<StreamError()> &work)
{
    StreamError error = begin();
    if (!error.isOk())
        return error;
    error = work();
    if (error.isOk())
        error = commit();
    if (!error.isOk())
        rollBack();
    return error;
}

StreamError OutboxFile::read(OutboxContent *content)
{
    StreamError error = readTransactions(&content->transactions);
    if (error.isOk())
        error = readMutations(&content->transactions);
    content->lastSequence = content->transactions.isEmpty() ? 0 : content->transactions.last().sequence;
    if (error.isOk() && !m_lacksAnswers)
        error = readAnswers(content);
    if (error.isOk())
        error = readProducer(&content->producer);
    return error.isOk() ? readBatches(&content->producer.batches) : error;
}

StreamError OutboxFile::readTransactions(QList<OutboxTransaction> *transactions)
{
    QSqlQuery query = m_database.query();
    if (const StreamError error = select(&query, u"SELECT * FROM transactions ORDER BY sequence"_s); !error.isOk())
        return error;
    while (query.next()) {
        OutboxTransaction transaction;
        transaction.sequence = quint64(query.value(0).toLongLong());
        transaction.txid = query.value(1).toByteArray();
        if (!query.isNull(2))
            transaction.createdAt = QDateTime::fromMSecsSinceEpoch(query.value(2).toLongLong(), Qt::UTC);
        const std::optional<JsonText> arguments = jsonOf(query.value(4));
        if (!arguments)
            return damage(u"the arguments of transaction %1 cannot be read"_s.arg(transaction.sequence));
        transaction.action = {query.value(3).toByteArray(), *arguments, query.value(5).toByteArray()};
        transaction.state = OutboxTransaction::State(query.value(6).toInt());
        transaction.nextOffset = query.value(7).toByteArray();
        transaction.error = StreamError(valueOf<Code>(query.value(8).toByteArray()).value_or(Code::UnexpectedStatus),
                                        query.value(9).toString(), {}, query.value(10).toInt());
        transactions->append(transaction);
    }
    return ended(query);
}

StreamError OutboxFile::readMutations(QList<OutboxTransaction> *transactions)
{
    QSqlQuery query = m_database.query();
    const QString statement =
        u"SELECT sequence, operation, type, key, value, patch FROM mutations ORDER BY sequence, place"_s;
    if (const StreamError error = select(&query, statement); !error.isOk())
        return error;
    auto transaction = transactions->begin();
    QByteArray type; // shared by all that are of it
    while (query.next()) {
        const auto sequence = quint64(query.value(0).toLongLong());
        while (transaction != transactions->end() && transaction->sequence < sequence)
            ++transaction;
        const auto operation = valueOf<Operation>(query.value(1).toByteArray());
        const std::optional<JsonText> value = jsonOf(query.value(4));
        const std::optional<JsonText> patch = jsonOf(query.value(5));
        if (transaction == transactions->end() || transaction->sequence != sequence || !operation || !value || !patch)
            return damage(u"a mutation of transaction %1 cannot be read"_s.arg(sequence));
        if (const QByteArray next = query.value(2).toByteArray(); next != type)
            type = next;
        transaction->mutations.append({*operation, type, query.value(3).toByteArray(), *value, patchOf(*patch)});
    }
    return ended(query);
}

StreamError OutboxFile::readAnswers(OutboxContent *content)
{
    QSqlQuery query = m_database.query();
    if (const StreamError error = select(&query, u"SELECT * FROM answers ORDER BY first"_s); !error.isOk())
        return error;
    QList<OutboxTransaction> &transactions = content->transactions;
    auto transaction = transactions.begin();
    while (query.next()) {
        const auto first = quint64(query.value(0).toLongLong());
        const auto last = quint64(query.value(1).toLongLong());
        const QByteArray nextOffset = query.value(2).toByteArray();
        for (; transaction != transactions.end() && transaction->sequence <= last; ++transaction) {
            if (transaction->sequence < first || transaction->state != OutboxTransaction::State::Saved)
                continue;
            transaction->state = OutboxTransaction::State::Answered;
            transaction->nextOffset = nextOffset;
        }
        content->lastSequence = std::max(content->lastSequence, last);
    }
    return ended(query);
}

StreamError OutboxFile::readProducer(ProducerState *producer)
{
    QSqlQuery query = m_database.query();
    if (const StreamError error = select(&query, u"SELECT producer, epoch, next_sequence FROM outbox"_s); !error.isOk())
        return error;
    if (query.next()) {
        producer->id = query.value(0).toByteArray();
        producer->epoch = query.value(1).toLongLong();
        producer->nextSequence = query.value(2).toLongLong();
    }
    return ended(query);
}

StreamError OutboxFile::readBatches(QList<ProducerBatch> *batches)
{
    QSqlQuery query = m_database.query();
    if (const StreamError error = select(&query, u"SELECT * FROM batches ORDER BY epoch, batch"_s); !error.isOk())
        return error;
    while (query.next()) {
        ProducerBatch batch{query.value(0).toLongLong(),
                            query.value(1).toLongLong(),
                            query.value(2).toByteArray(),
                            query.value(3).toByteArray(),
                            {},
                            query.value(4).toBool()};
        const std::optional<QList<ProducerBatch::Append>> appends = appendsOf(query.value(5).toByteArray());
        if (!appends)
            return damage(u"the appends of batch %1 cannot be read"_s.arg(batch.sequence));
        batch.appends = *appends;
        batches->append(batch);
    }
    return ended(query);
}

StreamError OutboxFile::select(QSqlQuery *query, const QString &statement)
{
    return query->exec(statement) ? StreamError() : m_database.failure(query->lastError());
}

StreamError OutboxFile::ended(const QSqlQuery &query) const
{
    return query.lastError().isValid() ? m_database.failure(query.lastError()) : StreamError();
}

StreamError OutboxFile::damage(const QString &what) const
{
    return m_database.failure(Code::StorageCorrupt, what);
}

/* SQLite takes a page that the disk does not give for damage, here and there. */
StreamError OutboxFile::lookAgain(const QByteArray &stream, OutboxContent *content)
{
    m_database.close();
    *content = {};
    const StreamError error = openDatabase(stream, content);
    if (error.code() == Code::StorageCorrupt && m_database.isReadable())
        return replaceDamaged(stream, error, content);
    if (!error.isOk())
        m_database.close();
    return error.code() == Code::StorageCorrupt
        ? m_database.failure(Code::StorageFailed, u"the disk does not give all of it"_s)
        : error;
}

StreamError OutboxFile::replaceDamaged(const QByteArray &stream, const StreamError &damage, OutboxContent *content)
{
    *content = {};
    int number = 1;
    const auto aside = [&] { return u"%1.damaged-%2"_s.arg(m_database.path()).arg(number); };
    while (QFile::exists(aside()) || QFile::exists(aside() + u"-wal"_s))
        ++number;
    StreamError error = m_database.moveTo(aside());
    if (error.isOk())
        error = openDatabase(stream, content);
    if (!error.isOk()) {
        m_database.close();
        return error;
    }
    return StreamError(Code::StorageCorrupt,
                       u"%1 It was moved to %2; changes in it may not have been sent."_s.arg(
                           damage.message(), QDir::toNativeSeparators(aside())));
}

StreamError OutboxFile::begin()
{
    StreamError error = m_database.begin();
    if (error.isOk() && m_lacksAnswers)
        error = m_database.execute(QString::fromUtf16(AnswersTable));
    if (error.isOk() && (m_lacksAnswers || m_isUnsure))
        error = m_database.execute(u"PRAGMA user_version = %1"_s.arg(FormatVersion));
    if (!error.isOk())
        m_database.rollBack();
    return error;
}

StreamError OutboxFile::commit()
{
    const StreamError error = m_database.commit();
    m_lacksAnswers = m_lacksAnswers && !error.isOk();
    m_isUnsure = !error.isOk();
    return error;
}

StreamError OutboxFile::add(const OutboxTransaction &transaction)
{
    const OutboxAction &action = transaction.action;
    StreamError error = transaction.inPlaceOf > 0 ? remove({transaction.inPlaceOf}) : StreamError();
    if (error.isOk()) {
        error =
            m_database.execute(u"INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
                               {qint64(transaction.sequence), bound(transaction.txid), bound(transaction.createdAt),
                                bound(action.name), bound(action.arguments), bound(action.idempotencyKey),
                                int(transaction.state), bound(transaction.nextOffset), nameOf(transaction.error.code()),
                                transaction.error.message(), transaction.error.httpStatus()});
    }
    QSqlQuery query = m_database.query();
    if (error.isOk())
        error = m_database.prepare(&query, u"INSERT INTO mutations VALUES (?, ?, ?, ?, ?, ?, ?)"_s);
    int place = 0;
    for (const Mutation &mutation : transaction.mutations) {
        if (!error.isOk())
            break;
        query.bindValue(0, qint64(transaction.sequence));
        query.bindValue(1, place++);
        query.bindValue(2, nameOf(mutation.operation));
        query.bindValue(3, bound(mutation.type));
        query.bindValue(4, bound(mutation.key));
        query.bindValue(5, bound(mutation.value));
        query.bindValue(6, mutation.patch.isEmpty() ? QVariant() : bound(JsonText::fromFields(mutation.patch)));
        error = m_database.run(&query);
    }
    return error;
}

StreamError OutboxFile::replace(const OutboxTransaction &transaction)
{
    StreamError error = change(u"DELETE FROM transactions WHERE sequence = ? AND state = ? AND sequence NOT IN (SELECT "
                               "value ->> 0 FROM batches, json_each(batches.appends)) AND coalesce((SELECT last FROM "
                               "answers WHERE first <= ? ORDER BY first DESC LIMIT 1), -1) < ?"_s,
                               {qint64(transaction.sequence), int(OutboxTransaction::State::Saved),
                                qint64(transaction.sequence), qint64(transaction.sequence)},
                               u"transaction %1 is not there, or under way"_s.arg(transaction.sequence));
    if (error.isOk())
        error = remove({transaction.sequence});
    return error.isOk() ? add(transaction) : error;
}

StreamError OutboxFile::freeze(const ProducerBatch &batch)
{
    StreamError error = change(
        u"UPDATE outbox SET next_sequence = next_sequence + 1 WHERE producer <> x'' AND epoch = ? AND next_sequence = ?"_s,
        {batch.epoch, batch.sequence}, u"batch %1 is not the producer's next"_s.arg(batch.sequence));
    if (error.isOk())
        error = addBatch(batch);
    return error.isOk() ? checkWaiting(batch) : error;
}

StreamError OutboxFile::checkWaiting(const ProducerBatch &batch)
{
    StreamError error;
    qint64 waiting = 0;
    qint64 behind = -1; // what was counted
    for (const auto &[first, last] : runsOf(batch.appends)) {
        QVariant count;
        if (error.isOk() && first > std::exchange(behind, last)) {
            error =
                m_database.read(&count,
                                u"SELECT count(*) FROM transactions WHERE sequence BETWEEN ? AND ? AND state = ? AND "
                                "coalesce((SELECT last FROM answers WHERE first <= ? ORDER BY first DESC LIMIT 1), -1) "
                                "< ?"_s,
                                {first, last, int(OutboxTransaction::State::Saved), last, first});
        }
        waiting += count.toLongLong();
    }
    if (error.isOk() && waiting != batch.appends.size())
        error = m_database.failure(Code::InvalidArgument,
                                   u"a transaction of batch %1 is not to be sent"_s.arg(batch.sequence));
    return error;
}

StreamError OutboxFile::addBatch(const ProducerBatch &batch)
{
    return m_database.execute(u"INSERT INTO batches VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT))"_s,
                              {batch.epoch, batch.sequence, bound(batch.contentType), bound(batch.body), batch.closes,
                               textOf(batch.appends)});
}

StreamError OutboxFile::answer(qint64 epoch, qint64 sequence, const QByteArray &nextOffset)
{
    QVariant text;
    StreamError error =
        m_database.read(&text, u"SELECT appends FROM batches WHERE epoch = ? AND batch = ?"_s, {epoch, sequence});
    if (error.isOk()) {
        error = change(u"DELETE FROM batches WHERE epoch = ? AND batch = ?"_s, {epoch, sequence},
                       u"there is no batch %1"_s.arg(sequence));
    }
    if (!error.isOk())
        return error;
    const std::optional<QList<ProducerBatch::Append>> appends = appendsOf(text.toByteArray());
    if (!appends)
        return damage(u"the appends of batch %1 cannot be read"_s.arg(sequence));
    // A batch that was answered may be set anew, and is answered again then; one whose transactions are gone needs
    // none.
    const QString statement = u"INSERT INTO answers SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM transactions WHERE "
                              "sequence BETWEEN ? AND ?) ON CONFLICT (first) DO UPDATE SET last = max(last, "
                              "excluded.last), next_offset = iif(excluded.next_offset = x'', next_offset, "
                              "excluded.next_offset)"_s;
    for (const auto &[first, last] : runsOf(*appends)) {
        if (error.isOk())
            error = m_database.execute(statement, {first, last, bound(nextOffset), first, last});
    }
    return error;
}

StreamError OutboxFile::setProducer(const ProducerState &producer)
{
    StreamError error = m_database.execute(u"DELETE FROM batches"_s);
    if (error.isOk()) {
        error = m_database.execute(u"UPDATE outbox SET producer = ?, epoch = ?, next_sequence = ?"_s,
                                   {bound(producer.id), producer.epoch, producer.nextSequence});
    }
    for (const ProducerBatch &batch : producer.batches) {
        if (error.isOk())
            error = addBatch(batch);
    }
    return error;
}

StreamError OutboxFile::fail(quint64 sequence, const StreamError &error)
{
    return change(u"UPDATE transactions SET state = ?, error_code = ?, error_message = ?, http_status = ? WHERE "
                  "sequence = ?"_s,
                  {int(OutboxTransaction::State::Failed), nameOf(error.code()), error.message(), error.httpStatus(),
                   qint64(sequence)},
                  u"there is no transaction %1"_s.arg(sequence));
}

StreamError OutboxFile::remove(const QList<quint64> &sequences)
{
    const QByteArray these =
        arrayOf(sequences, [](quint64 sequence, QByteArray *text) { addNumber(qint64(sequence), text); });
    const QString statement = u"DELETE FROM %1 WHERE sequence IN (SELECT value FROM json_each(CAST(? AS TEXT)))"_s;
    StreamError error = m_database.execute(statement.arg(u"transactions"_s), {these});
    if (error.isOk())
        error = m_database.execute(statement.arg(u"mutations"_s), {these});
    return error.isOk() && !sequences.isEmpty() ? removeAnswers(sequences) : error;
}

StreamError OutboxFile::removeAnswers(const QList<quint64> &sequences)
{
    const auto [least, most] = std::minmax_element(sequences.begin(), sequences.end());
    // They lie one behind the other.
    return m_database.execute(u"DELETE FROM answers WHERE first BETWEEN coalesce((SELECT max(first) FROM answers WHERE "
                              "first <= ?), 0) AND ? AND NOT EXISTS (SELECT 1 FROM transactions WHERE sequence "
                              "BETWEEN first AND last)"_s,
                              {qint64(*least), qint64(*most)});
}

StreamError OutboxFile::change(const QString &statement, const QVariantList &values, const QString &otherwise)
{
    QSqlQuery query = m_database.query();
    StreamError error = m_database.prepare(&query, statement);
    for (const QVariant &value : values)
        query.addBindValue(value);
    if (error.isOk())
        error = m_database.run(&query);
    if (error.isOk() && query.numRowsAffected() == 0)
        error = m_database.failure(Code::InvalidArgument, otherwise);
    return error;
}

StreamError OutboxFile::clear()
{
    const QStringList statements = {
        u"DELETE FROM transactions"_s,
        u"DELETE FROM mutations"_s,
        u"DELETE FROM batches"_s,
        u"DELETE FROM answers"_s,
        u"UPDATE outbox SET producer = x'', epoch = 0, next_sequence = 0"_s,
    };
    StreamError error = inTransaction([&] { return executeAll(statements); });
    if (error.isOk())
        error = m_database.execute(u"VACUUM"_s);
    return error.isOk() ? m_database.emptyLog() : error;
}

qint64 OutboxFile::logSize() const
{
    return QFileInfo(m_database.path() + u"-wal"_s).size();
}

void OutboxFile::shortenLog()
{
    m_database.emptyLog(); // tried again behind a later save when it fails
}

} // namespace DurableStreams
