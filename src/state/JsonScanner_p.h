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
#include <utility>

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

    bool isAtEnd() const { return m_at >= m_end; }
    /*! The first byte of the token at hand; NUL behind the last one. */
    char head() const { return headOf(m_at); }
    quint32 position() const { return positionOf(m_at); }
    void seek(quint32 position) { m_at = m_index + position; }
    /*! The text that was started with, and where in it each token begins. */
    QByteArrayView text() const { return m_text; }
    const quint32 *tokens() const { return m_index; }

    /*! The value at hand, checked to its end and at most \a depth levels deep; a null view when there is a fault. */
    QByteArrayView checkValue(int depth = maxDepth);
    /*! The value at hand, known to be valid. */
    QByteArrayView skipValue();
    /*! Whether nothing comes behind the value that was read last. */
    bool checkEnd();

    /*! Whether any string in the text may hold an escape. */
    bool hasBackslash() const { return m_hasBackslash; }
    /*! Whether \a name, as forEachMember() gives it, stands for \a text. */
    bool isNamed(QByteArrayView name, QByteArrayView text) const
    {
        return isPlain(name) ? isSame(name, text.data(), text.size()) : spells(name, text);
    }
    /*! The same for a \a text without a backslash that the compiler knows. */
    template <std::size_t Size>
    bool isNamed(QByteArrayView name, const char (&text)[Size]) const
    {
        return isSame(name, text, Size - 1) || (!isPlain(name) && spells(name, text));
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

    /*!
     * A place among the tokens: where in the text one begins. Who walks many of them keeps the place itself, in a
     * register, instead of leaving it at hand here.
     */
    using Token = const quint32 *;
    Token firstToken() const { return m_index; }
    Token endOfTokens() const { return m_end; }
    quint32 positionOf(Token token) const { return quint32(token - m_index); }
    /*! The first byte of \a token; NUL behind the last one. */
    char headOf(Token token) const { return token < m_end ? m_text.data()[*token] : '\0'; }
    /*! The value at \a token, where the token behind it is \a behind. */
    QByteArrayView valueBetween(Token token, Token behind) const
    {
        return QByteArrayView(m_text.data() + *token, endOf(behind - 1));
    }
    /*! The token behind the value at \a token, which is checked as checkValue() does; null when there is a fault. */
    Token checkValueAt(Token token, int depth);
    /*!
     * The same for an object; \a visit gets each name as it stands between its quotes and the token where the value
     * begins, and gives the token behind that, or null to end the walk.
     */
    template <typename Visit>
    Token checkObjectAt(Token token, Visit visit);

private:
    struct Private;

    static bool isSame(QByteArrayView name, const char *text, qsizetype size)
    {
        return name.size() == size && std::memcmp(name.data(), text, std::size_t(size)) == 0;
    }
    const char *endOf(Token token) const;
    bool isPlain(QByteArrayView raw) const { return m_plainBegin <= raw.begin() && raw.end() <= m_plainEnd; }
    void findPlainFrom(const char *begin);
    Token checkText(Token token);
    Token checkLiteral(Token token);
    Token checkNested(Token token, int depth);
    Token checkName(Token token, QByteArrayView *name = nullptr);
    bool checkEscapes(QByteArrayView raw);
    bool fail(JsonFault fault, qsizetype place);
    Token fail(JsonFault fault, Token token);

    std::unique_ptr<Private> d;
    QByteArrayView m_text;
    Token m_index = nullptr; // behind the last token the text's size
    Token m_end = nullptr;
    Token m_at = nullptr;
    // Known to hold no backslash: what is read next, mostly.
    const char *m_plainBegin = nullptr;
    const char *m_plainEnd = nullptr;
    qsizetype m_faultPlace = -1;
    JsonFault m_fault = JsonFault::None;
    bool m_hasBackslash = false;
};

// Only white space stands between a token and the next one, so the token ends where that begins.
inline const char *JsonScanner::endOf(Token token) const
{
    const auto isSpace = [](char c) { return uchar(c) <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t'); };
    const char *const begin = m_text.data() + token[0];
    const char *end = m_text.data() + token[1];
    while (end - begin > 1 && isSpace(end[-1]))
        --end;
    return end;
}

// A string.
Q_ALWAYS_INLINE JsonScanner::Token JsonScanner::checkText(Token token)
{
    const char *const begin = m_text.data() + *token;
    const char *const end = endOf(token);
    if (end - begin < 2 || end[-1] != '"')
        return fail(JsonFault::UnclosedString, token);
    const QByteArrayView raw(begin + 1, end - 1);
    return isPlain(raw) || checkEscapes(raw) ? token + 1 : nullptr;
}

Q_ALWAYS_INLINE JsonScanner::Token JsonScanner::checkValueAt(Token token, int depth)
{
    switch (headOf(token)) {
    case '"':
        return checkText(token);
    case '{':
    case '[':
        return checkNested(token, depth);
    default:
        return checkLiteral(token);
    }
}

// A name and the colon behind it.
Q_ALWAYS_INLINE JsonScanner::Token JsonScanner::checkName(Token token, QByteArrayView *name)
{
    if (headOf(token) != '"')
        return fail(JsonFault::NameExpected, token);
    const Token colon = checkText(token);
    if (!colon)
        return nullptr;
    if (headOf(colon) != ':')
        return fail(JsonFault::ColonExpected, colon);
    if (name)
        *name = QByteArrayView(m_text.data() + *token + 1, endOf(token) - 1);
    return colon + 1;
}

template <typename Visit>
JsonScanner::Token JsonScanner::checkObjectAt(Token token, Visit visit)
{
    ++token;
    if (headOf(token) == '}')
        return token + 1;
    for (;;) {
        QByteArrayView name;
        token = checkName(token, &name);
        if (!token)
            return nullptr;
        token = visit(name, token);
        if (!token)
            return nullptr;
        const char separator = headOf(token);
        if (separator == '}')
            return token + 1;
        if (separator != ',')
            return fail(JsonFault::CommaExpected, token);
        ++token;
    }
}

inline QByteArrayView JsonScanner::checkValue(int depth)
{
    const Token behind = checkValueAt(m_at, depth);
    if (!behind)
        return {};
    return valueBetween(std::exchange(m_at, behind), behind);
}

template <typename Visit>
bool JsonScanner::forEachMember(Visit visit)
{
    const Token behind = checkObjectAt(m_at, [&](QByteArrayView name, Token value) {
        m_at = value;
        return visit(name) ? m_at : nullptr;
    });
    if (behind)
        m_at = behind;
    return behind;
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
            return fail(JsonFault::CommaExpected, m_at);
        ++m_at;
    }
}

/*! The text of \a raw, the bytes between the quotes of a valid string. A lone surrogate becomes U+FFFD. */
QByteArray unescapedJson(QByteArrayView raw, bool *hasLoneSurrogate = nullptr);
/*! qlonglong or qulonglong where \a number is an integer that fits, else double. */
QVariant numberFromJson(QByteArrayView number);

} // namespace DurableStreams
