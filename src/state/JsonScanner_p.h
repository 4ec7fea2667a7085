// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <QVariant>

#include <cstring>
#include <memory>

namespace DurableStreams {

/*! What keeps a text from being JSON. */
enum class JsonFault {
    None,
    Empty,
    InvalidUtf8,
    ControlCharacter,
    UnclosedString,
    TooLarge,
    TooDeep,
    BadEscape,
    ValueExpected,
    NameExpected,
    ColonExpected,
    CommaExpected,
    TrailingBytes,
};

/*! Whether \a raw, the bytes between the quotes of a valid string, spells \a text. */
bool spells(QByteArrayView raw, QByteArrayView text);

/*!
 * Walks the tokens of one JSON text, checking or trusting it.
 *
 * simdjson's first stage finds where each token begins and checks UTF-8, control characters and open strings; the rest
 * of RFC 8259 is checked here, because simdjson's own parsers refuse legal texts (lone surrogate escapes, numbers
 * beyond a double) or skip without looking. Strings are handed out as they stand between their quotes.
 *
 * Keeps its memory between texts: use one for each thread.
 */
class DURABLESTREAMS_EXPORT JsonScanner
{
public:
    static constexpr int maxDepth = 1024; //!< levels of arrays and objects in a value

    JsonScanner();
    ~JsonScanner();
    JsonScanner(JsonScanner &&) noexcept;
    JsonScanner &operator=(JsonScanner &&) noexcept;

    static JsonScanner &ofThisThread();

    /*! Finds the tokens of \a text, which has to stay until the next start. */
    bool start(QByteArrayView text);

    JsonFault fault() const { return m_fault; }
    /*! The fault and its place, for people. */
    QString errorString() const;

    bool isAtEnd() const { return m_at >= m_count; }
    /*! The first byte of the token at hand; NUL behind the last one. */
    char head() const { return headOf(m_at); }
    quint32 position() const { return m_at; }
    void seek(quint32 position) { m_at = position; }
    /*! Where the token at \a position begins in the text. */
    qsizetype placeOf(quint32 position) const { return m_index[position]; }
    /*! The text that was started with, and where in it each token begins. */
    QByteArrayView text() const { return m_text; }
    const quint32 *tokens() const { return m_index; }

    /*! The value at hand, checked to its end and at most \a depth levels deep; a null view when there is a fault. */
    QByteArrayView checkValue(int depth = maxDepth);
    /*! The same of the object at hand, with the members given to \a visit as forEachMember() does. */
    template <typename Visit>
    QByteArrayView checkObject(Visit visit);
    /*! The value at hand, known to be valid. */
    QByteArrayView skipValue();
    /*! Whether nothing comes behind the value that was read last. */
    bool checkEnd();

    /*! Whether any string in the text may hold an escape. */
    bool hasBackslash() const { return m_hasBackslash; }
    /*! Whether \a name, as forEachMember() gives it, stands for \a text. */
    bool isNamed(QByteArrayView name, QByteArrayView text) const
    {
        return m_hasBackslash ? spells(name, text) : isSame(name, text.data(), text.size());
    }
    /*! The same for a \a text without a backslash that the compiler knows. */
    template <std::size_t Size>
    bool isNamed(QByteArrayView name, const char (&text)[Size]) const
    {
        return isSame(name, text, Size - 1) || (m_hasBackslash && spells(name, text));
    }

    /*!
     * Walks the object at hand. \a visit gets each name as it stands between its quotes, has to read the value, and
     * ends the walk by returning false.
     */
    template <typename Visit>
    bool forEachMember(Visit visit);
    /*! The same for the array at hand; \a visit gets nothing. */
    template <typename Visit>
    bool forEachElement(Visit visit);

private:
    struct Private;

    static bool isSame(QByteArrayView name, const char *text, qsizetype size)
    {
        return name.size() == size && std::memcmp(name.data(), text, std::size_t(size)) == 0;
    }
    char headOf(quint32 token) const { return token < m_count ? m_text.data()[m_index[token]] : '\0'; }
    QByteArrayView tokenAt(quint32 token) const;
    QByteArrayView checkText();
    QByteArrayView checkLiteral();
    QByteArrayView checkNested(int depth);
    bool checkName(QByteArrayView *name);
    bool checkString(QByteArrayView token);
    bool checkEscapes(QByteArrayView text);
    bool fail(JsonFault fault, qsizetype place);
    bool fail(JsonFault fault);

    std::unique_ptr<Private> d;
    QByteArrayView m_text;
    const quint32 *m_index = nullptr;
    quint32 m_count = 0;
    quint32 m_at = 0;
    qsizetype m_faultPlace = -1;
    JsonFault m_fault = JsonFault::None;
    bool m_hasBackslash = false;
};

// Only white space stands between a token and the next one, so the token ends where that begins.
inline QByteArrayView JsonScanner::tokenAt(quint32 token) const
{
    const auto isSpace = [](char c) { return uchar(c) <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t'); };
    const char *const begin = m_text.data() + m_index[token];
    const char *end = m_text.data() + (token + 1 < m_count ? qsizetype(m_index[token + 1]) : m_text.size());
    while (end - begin > 1 && isSpace(end[-1]))
        --end;
    return QByteArrayView(begin, end);
}

inline bool JsonScanner::checkString(QByteArrayView token)
{
    if (token.size() < 2 || token.back() != '"')
        return fail(JsonFault::UnclosedString);
    return !m_hasBackslash || checkEscapes(token.sliced(1, token.size() - 2));
}

inline QByteArrayView JsonScanner::checkValue(int depth)
{
    switch (head()) {
    case '"':
        return checkText();
    case '{':
    case '[':
        return checkNested(depth);
    default:
        return checkLiteral();
    }
}

// The string at hand.
inline QByteArrayView JsonScanner::checkText()
{
    const QByteArrayView token = tokenAt(m_at);
    if (!checkString(token))
        return {};
    ++m_at;
    return token;
}

// A name and the colon behind it.
inline bool JsonScanner::checkName(QByteArrayView *name)
{
    if (head() != '"')
        return fail(JsonFault::NameExpected);
    const QByteArrayView token = checkText();
    if (token.isNull())
        return false;
    if (head() != ':')
        return fail(JsonFault::ColonExpected);
    ++m_at;
    if (name)
        *name = token.sliced(1, token.size() - 2);
    return true;
}

template <typename Visit>
bool JsonScanner::forEachMember(Visit visit)
{
    ++m_at;
    if (head() == '}') {
        ++m_at;
        return true;
    }
    for (;;) {
        QByteArrayView name;
        if (!checkName(&name) || !visit(name))
            return false;
        const char separator = head();
        if (separator == '}') {
            ++m_at;
            return true;
        }
        if (separator != ',')
            return fail(JsonFault::CommaExpected);
        ++m_at;
    }
}

template <typename Visit>
QByteArrayView JsonScanner::checkObject(Visit visit)
{
    const quint32 first = m_at;
    if (!forEachMember(visit))
        return {};
    return QByteArrayView(m_text.data() + m_index[first], m_text.data() + m_index[m_at - 1] + 1);
}

template <typename Visit>
bool JsonScanner::forEachElement(Visit visit)
{
    ++m_at;
    if (head() == ']') {
        ++m_at;
        return true;
    }
    for (;;) {
        if (!visit())
            return false;
        const char separator = head();
        if (separator == ']') {
            ++m_at;
            return true;
        }
        if (separator != ',')
            return fail(JsonFault::CommaExpected);
        ++m_at;
    }
}

/*! The text of \a raw, the bytes between the quotes of a valid string. A lone surrogate becomes U+FFFD. */
QByteArray unescapedJson(QByteArrayView raw, bool *hasLoneSurrogate = nullptr);
/*! qlonglong or qulonglong where \a number is an integer that fits, else double. */
QVariant numberFromJson(QByteArrayView number);

} // namespace DurableStreams
