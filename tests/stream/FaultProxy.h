// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QSet>
#include <QTcpServer>
#include <QTimer>
#include <QUrl>

#include <functional>

class QTcpSocket;

/*!
 * Stands between an HTTP client and a real server on the loopback address, and does to each request and its answer what
 * a test says: loses, delays, cuts, divides or corrupts it, or answers it by itself.
 *
 * Bytes pass as they come; of HTTP it knows where a request ends. It may be used as an HTTP proxy, too, and takes any
 * host for its server then. It always accepts connections, so that no other
 * program can get its port; without a server it closes each one.
 */
class FaultProxy : public QObject
{
    Q_OBJECT

public:
    struct Request
    {
        qsizetype number = 0; //!< 0 is the first one
        QByteArray method;
        QByteArray target; //!< path and query as sent

        QByteArray parameter(const QByteArray &name) const;
    };

    struct Fault
    {
        enum class Loss {
            Nothing,
            Request, //!< the connection closes before the server sees anything
            Answer //!< the server gets the request; where its answer begins to come, the connection closes
        };

        Loss loss = Loss::Nothing;
        int delay = 0; //!< milliseconds before the request goes on
        qsizetype cutAfter = -1; //!< how many bytes of the answer, head and all, pass until the connection closes
        qsizetype corruptAt = -1; //!< the byte of the answer, counted from its first one, of which one bit is flipped
        bool *wasCorrupted = nullptr; //!< told whether there was such a byte
        qsizetype pieceSize =
            0; //!< each piece of the answer leaves in a turn of the event loop of its own; 0: as it comes
        int pause = 0; //!< milliseconds between two pieces, or two refrains

        bool answers = false; //!< in the server's place
        QByteArray answer = {}; //!< from its status line on, as it leaves; empty: nothing comes
        QByteArray refrain = {}; //!< follows the answer again and again, as fast as it is taken
        bool closes = true; //!< the connection, behind the answer
    };

    using Judge = std::function<Fault(const Request &)>;

    /*! \a port is that of the server on the loopback address; 0: there is none. */
    explicit FaultProxy(int port = 0);
    ~FaultProxy() override;

    /*! Requests to come go to \a port; connections there are closed. 0: there is no server. */
    void setServer(int port);
    /*! Asked for each request; without one everything passes. */
    void setJudge(const Judge &judge) { m_judge = judge; }
    /*!
     * A judge that lets about one request in \a oneIn of those that it sees come to harm, the same ones for the same
     * \a seed: requests and answers are lost, cut, divided, delayed or refused with 500, 503 and 429.
     */
    static Judge seeded(quint32 seed, int oneIn);

    /*! Once \a bytes bytes of answers have passed from now on, whichever they belong to, their connection closes; once.
     */
    void cutOnceAfter(qint64 bytes);
    bool hasCut() const { return m_hasCut; }
    /*! Closes all connections at once. */
    void drop();

    /*! The URL with the path of \a url, but by way of the proxy. */
    QUrl url(const QUrl &url = QUrl(QStringLiteral("http://127.0.0.1/v1/stream/test"))) const;
    qsizetype requestCount() const { return m_requests; }
    /*! The most requests that came within any second. */
    int busiestSecond() const;

private:
    struct Connection // lives as long as its client's socket, which outlives the signals of both
    {
        QTcpSocket *client = nullptr;
        QTcpSocket *server = nullptr; // while there is one
        QByteArray received; // of a request that is not whole yet
        Fault fault; // of the last request
        qint64 answered = 0; // bytes of its answer so far
        QByteArray waiting; // bytes of the answer that leave in pieces
        QTimer *pieceTimer = nullptr;
        bool isEnding = false; // once all that waits has left
        bool isGone = false;
    };

    void accept();
    void readRequests(Connection *connection);
    bool takeRequest(Connection *connection);
    void pass(Connection *connection, const QByteArray &request);
    void readAnswer(Connection *connection);
    void answer(Connection *connection);
    void send(Connection *connection, QByteArray bytes);
    void sendPiece(Connection *connection);
    void write(Connection *connection, const QByteArray &bytes);
    void end(Connection *connection);
    void sing(Connection *connection);
    void remove(Connection *connection);

    QTcpServer m_listener;
    QSet<Connection *> m_connections;
    Judge m_judge;
    int m_server = 0;
    qsizetype m_number = 0;
    qsizetype m_requests = 0;
    qint64 m_cutIn = -1; // bytes
    bool m_hasCut = false;
    QElapsedTimer m_clock;
    QList<qint64> m_times; // of the requests
};

/*! An answer's head: its status line, \a headers and, for 0 and above, Content-Length. */
QByteArray httpHead(int status, const QList<QByteArray> &headers, qint64 length);
