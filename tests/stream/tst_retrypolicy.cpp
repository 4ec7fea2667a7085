// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include <DurableStreams/RetryPolicy>

#include <QTest>
#include <QTimeZone>

using namespace std::chrono_literals;
using DurableStreams::RetryPolicy;
using DurableStreams::StreamError;

class tst_RetryPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bound_data();
    void bound();
    void jitterIsFull();
    void floor();
    void retryAfter_data();
    void retryAfter();
    void check_data();
    void check();
};

void tst_RetryPolicy::bound_data()
{
    QTest::addColumn<int>("failures");
    QTest::addColumn<int>("expected");

    QTest::newRow("first") << 1 << 100;
    QTest::newRow("none counts as the first") << 0 << 100;
    QTest::newRow("second") << 2 << 200;
    QTest::newRow("fourth") << 4 << 800;
    QTest::newRow("capped") << 5 << 1000;
    QTest::newRow("far beyond what a double holds") << 100'000 << 1000;
}

void tst_RetryPolicy::bound()
{
    QFETCH(int, failures);
    QFETCH(int, expected);
    RetryPolicy policy(100ms, 2, 1s);
    policy.setRandomSource([] { return 1.0; });
    QCOMPARE(policy.delay(failures).count(), expected);
    policy.setRandomSource([] { return 0.5; });
    QCOMPARE(policy.delay(failures).count(), expected / 2);
    policy.setRandomSource([] { return 0.0; });
    QCOMPARE(policy.delay(failures).count(), 0);
}

void tst_RetryPolicy::jitterIsFull()
{
    const RetryPolicy policy(1s, 1, 1s);
    qint64 least = 1000;
    qint64 most = 0;
    for (int i = 0; i < 1000; ++i) {
        const qint64 delay = policy.delay(1).count();
        least = qMin(least, delay);
        most = qMax(most, delay);
    }
    QVERIFY2(least >= 0 && least < 100, qPrintable(QString::number(least)));
    QVERIFY2(most > 900 && most <= 1000, qPrintable(QString::number(most)));
}

void tst_RetryPolicy::floor()
{
    RetryPolicy policy(100ms, 2, 1s);
    policy.setRandomSource([] { return 0.5; });
    QCOMPARE(policy.delay(1, 3s), 3s);
    QCOMPARE(policy.delay(1, 20ms), 50ms);
}

void tst_RetryPolicy::retryAfter_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<qint64>("expected");

    QTest::newRow("none") << QByteArray() << qint64(0);
    QTest::newRow("seconds") << QByteArray("7") << qint64(7000);
    QTest::newRow("seconds with spaces") << QByteArray(" 7 ") << qint64(7000);
    QTest::newRow("zero") << QByteArray("0") << qint64(0);
    QTest::newRow("negative") << QByteArray("-5") << qint64(0);
    QTest::newRow("at most a day") << QByteArray("9223372036854775807") << qint64(86'400'000);
    QTest::newRow("too large for a number") << QByteArray("99999999999999999999999") << qint64(0);
    QTest::newRow("date") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT") << qint64(37'000);
    QTest::newRow("past date") << QByteArray("Sun, 06 Nov 1994 08:48:37 GMT") << qint64(0);
    QTest::newRow("nonsense") << QByteArray("soon") << qint64(0);
}

void tst_RetryPolicy::retryAfter()
{
    QFETCH(QByteArray, header);
    QFETCH(qint64, expected);
    const QDateTime now(QDate(1994, 11, 6), QTime(8, 49, 0), QTimeZone::utc());
    QCOMPARE(RetryPolicy::retryAfter(header, now).count(), expected);
}

void tst_RetryPolicy::check_data()
{
    QTest::addColumn<int>("initial");
    QTest::addColumn<double>("multiplier");
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("retries");
    QTest::addColumn<QString>("named"); // in the message; empty: nothing is wrong

    QTest::newRow("usual") << 100 << 2.0 << 5000 << 3 << QString();
    QTest::newRow("constant, no retries") << 100 << 1.0 << 100 << 0 << QString();
    QTest::newRow("negative retries") << 100 << 2.0 << 5000 << -1 << "maximumRetries";
    QTest::newRow("no delay") << 0 << 2.0 << 5000 << 3 << "initialDelay";
    QTest::newRow("negative delay") << -100 << 2.0 << 5000 << 3 << "initialDelay";
    QTest::newRow("shrinking") << 100 << 0.5 << 5000 << 3 << "multiplier";
    QTest::newRow("no number") << 100 << qQNaN() << 5000 << 3 << "multiplier";
    QTest::newRow("maximum below the first") << 1000 << 2.0 << 500 << 3 << "maximumDelay";
}

void tst_RetryPolicy::check()
{
    QFETCH(int, initial);
    QFETCH(double, multiplier);
    QFETCH(int, maximum);
    QFETCH(int, retries);
    QFETCH(QString, named);
    RetryPolicy policy(std::chrono::milliseconds(initial), multiplier, std::chrono::milliseconds(maximum));
    policy.setMaximumRetries(retries);
    const StreamError error = policy.check();
    QCOMPARE(error.code(), named.isEmpty() ? StreamError::Code::NoError : StreamError::Code::InvalidArgument);
    QVERIFY2(error.message().contains(named), qPrintable(error.message()));
    QCOMPARE(RetryPolicy().check(), StreamError());
}

QTEST_GUILESS_MAIN(tst_RetryPolicy)
#include "tst_retrypolicy.moc"
