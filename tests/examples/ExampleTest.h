// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Server>

#include <QImage>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QUrl>

#include <memory>

/*!
 * The tests that every example program passes, and a server for those that each has of its own.
 *
 * The build says what the example is: its PROGRAM, its EXAMPLE_DIRECTORY and its GUIDE_FILE.
 */
class ExampleTest : public QObject
{
    Q_OBJECT

public:
    /*! The tests in this process use the stream \a stream. */
    explicit ExampleTest(const QString &stream);

protected:
    /*! How a program ended. */
    struct Outcome
    {
        int exitCode = -1; //!< -1: not at all within 30 seconds
        QByteArray output;
        QByteArray errors;
    };
    Outcome run(const QStringList &arguments) const;
    /*! The first line of code in the guide that no file of the example has; empty where they have them all. */
    static QByteArray lineNotInCode();

    /*! Starts the server anew, on the data that it had. */
    void serve(quint16 port = 0);
    void stopServing() { m_server.reset(); }
    QUrl url() const { return m_url; }
    /*! In a directory that each test function has for itself. */
    QString filePath(const QString &name) const { return m_directory->filePath(name); }

    /*! Checks what only this program's picture shows. */
    virtual void checkPicture(const QImage &picture) const = 0;
    /*! Command lines that are refused because of what only this program takes. */
    virtual QList<QStringList> moreWrongOptions() const { return {}; }

private Q_SLOTS:
    void initTestCase();
    void init();
    void picture_data();
    void picture();
    void secondWindowJoins();
    void wrongOptions_data();
    void wrongOptions();

private:
    QString m_stream;
    QTemporaryDir m_runtimeDirectory; // Qt warns where the programs have none
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<DurableStreams::Server> m_server;
    QUrl m_url;
};
