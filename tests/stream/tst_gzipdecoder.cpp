// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "Flood.h"

#include "stream/GzipDecoder_p.h"

#include <QTest>

using namespace DurableStreams;

/* Bodies in gzip's format, in pieces as a network brings them. */
class tst_GzipDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodes_data();
    void decodes();
    void endsAtItsMembers();
    void damaged_data();
    void damaged();
    void givesPiecesOfBoundedSize();

private:
    static QByteArray takeAll(GzipDecoder *decoder);
};

QByteArray tst_GzipDecoder::takeAll(GzipDecoder *decoder)
{
    QByteArray all;
    for (QByteArray piece = decoder->take(); !piece.isEmpty(); piece = decoder->take())
        all += piece;
    return all;
}

void tst_GzipDecoder::decodes_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("text");

    const QByteArray large = QByteArray("0123456789").repeated(50'000);
    QTest::newRow("one member") << gzip("abc") << QByteArray("abc");
    QTest::newRow("an empty one") << gzip("") << QByteArray();
    QTest::newRow("two members") << gzip("abc") + gzip("def") << QByteArray("abcdef");
    QTest::newRow("an empty one between") << gzip("abc") + gzip("") + gzip("def") << QByteArray("abcdef");
    QTest::newRow("padded") << gzip("abc") + QByteArray(512, '\0') << QByteArray("abc");
    QTest::newRow("large") << gzip(large) << large;
}

void tst_GzipDecoder::decodes()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, text);
    for (const qsizetype size : {qsizetype(1), qsizetype(7), body.size()}) {
        GzipDecoder decoder;
        QByteArray found;
        for (qsizetype at = 0; at < body.size(); at += size) {
            decoder.add(body.mid(at, size));
            found += takeAll(&decoder);
            QVERIFY(!decoder.isDamaged());
            QVERIFY(!decoder.mayHaveMore());
        }
        QCOMPARE(found, text);
        QVERIFY(decoder.isWhole());
    }
}

void tst_GzipDecoder::endsAtItsMembers()
{
    const QByteArray member = gzip("abc");
    const QByteArray body = member + member;
    GzipDecoder decoder;
    QVERIFY(!decoder.isWhole());
    for (qsizetype at = 0; at < body.size(); ++at) {
        decoder.add(body.mid(at, 1));
        takeAll(&decoder);
        QCOMPARE(decoder.isWhole(), (at + 1) % member.size() == 0);
    }
}

void tst_GzipDecoder::damaged_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("text");

    QByteArray wrongSum = gzip("abc");
    wrongSum[wrongSum.size() - 5] = char(~wrongSum.at(wrongSum.size() - 5));
    QTest::newRow("no gzip") << QByteArray("abc") << QByteArray();
    QTest::newRow("zlib's format") << qCompress("abc").sliced(4) << QByteArray();
    QTest::newRow("wrong checksum") << wrongSum << QByteArray("abc");
    QTest::newRow("something behind it") << gzip("abc") + "def" << QByteArray("abc");
}

void tst_GzipDecoder::damaged()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, text);
    GzipDecoder decoder;
    decoder.add(body);
    QCOMPARE(takeAll(&decoder), text);
    QVERIFY(decoder.isDamaged());
    QVERIFY(!decoder.isWhole());
    decoder.add(gzip("abc"));
    QVERIFY(!decoder.mayHaveMore());
    QCOMPARE(decoder.take(), QByteArray());
}

void tst_GzipDecoder::givesPiecesOfBoundedSize()
{
    constexpr qsizetype size = 100 * 1024 * 1024;
    GzipDecoder decoder;
    decoder.add(gzip(QByteArray(size, 'x')));
    qsizetype found = 0;
    while (decoder.mayHaveMore()) {
        const QByteArray piece = decoder.take();
        QVERIFY(piece.size() <= 64 * 1024);
        found += piece.size();
    }
    QCOMPARE(found, size);
    QVERIFY(decoder.isWhole());
}

QTEST_GUILESS_MAIN(tst_GzipDecoder)
#include "tst_gzipdecoder.moc"
