// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/JsonText>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QMetaEnum>
#include <QMetaType>
#include <QSharedDataPointer>
#include <QString>
#include <QVariant>

#include <functional>
#include <limits>
#include <optional>

QT_BEGIN_NAMESPACE
class QMetaProperty;
QT_END_NAMESPACE

namespace DurableStreams {

class FieldData;

/*!
 * One field of a Schema: its name, what JSON it takes, and the QVariant that it shows.
 *
 * A value: implicitly shared, cheap to copy, safe to use in any thread. A field may be absent unless it is required(),
 * and is never null unless it is optional() or of type Any. Made by the static functions and changed by the ones that
 * give a changed copy:
 *
 *     Field::integer("points").required().withDefault(0)
 */
class DURABLESTREAMS_EXPORT Field
{
public:
    /*! What a field holds; in brackets its JSON form and its QVariant. */
    enum class Type {
        Any, //!< every JSON value (as JsonText::toVariant() gives it)
        String, //!< text (string, QString)
        Bool, //!< (true or false, bool)
        Integer, //!< signed, 64 bits (number without a fraction, qlonglong)
        Unsigned, //!< unsigned, 64 bits (number without a fraction, qulonglong)
        Double, //!< (number, double)
        Decimal, //!< a number of any size, exact (string or number, QString of its digits)
        BigInteger, //!< an integer of any size, exact (string or number, QString of its digits)
        Date, //!< (string `2026-03-04`, QDate)
        Time, //!< (string `05:06`, `05:06:07` or `05:06:07.089`, QTime)
        DateTime, //!< (RFC 3339 string with a zone, or number of milliseconds since 1970; QDateTime in UTC)
        Url, //!< absolute or relative (string, QUrl)
        Uuid, //!< (string, QUuid)
        Bytes, //!< (base64 string, QByteArray)
        Enumeration, //!< (string: the enumerator's name; the enumeration, or QString where only names are known)
        List, //!< of one type (array, QVariantList, or the gadget's own container)
        Map, //!< from strings to values of one type (object, QVariantMap, or the gadget's own container)
        Object, //!< with fields of its own (object, the gadget or QVariantMap)
        Custom //!< read and written by the app's own functions
    };

    /*! Gives the value of a JSON text, or an invalid QVariant to refuse it. Called from any thread. */
    using Reader = std::function<QVariant(const JsonText &)>;
    /*! Gives the JSON text of a value, or a null one to refuse it. Called from any thread. */
    using Writer = std::function<JsonText(const QVariant &)>;

    /*! A field without a name, of any type. */
    Field();
    Field(const Field &);
    Field(Field &&) noexcept;
    Field &operator=(const Field &);
    Field &operator=(Field &&) noexcept;
    ~Field();

    // The name may be left out for the elements of a list or map.
    static Field any(const QByteArray &name = {});
    static Field string(const QByteArray &name = {});
    static Field boolean(const QByteArray &name = {});
    static Field integer(const QByteArray &name = {}, qint64 minimum = std::numeric_limits<qint64>::min(),
                         qint64 maximum = std::numeric_limits<qint64>::max());
    static Field unsignedInteger(const QByteArray &name = {}, quint64 maximum = std::numeric_limits<quint64>::max());
    static Field real(const QByteArray &name = {});
    static Field decimal(const QByteArray &name = {});
    static Field bigInteger(const QByteArray &name = {});
    static Field date(const QByteArray &name = {});
    static Field time(const QByteArray &name = {});
    static Field dateTime(const QByteArray &name = {});
    static Field url(const QByteArray &name = {});
    static Field uuid(const QByteArray &name = {});
    static Field bytes(const QByteArray &name = {});
    /*! One of \a names. */
    static Field enumeration(const QByteArray &name, const QList<QByteArray> &names);
    /*! An enumerator, or flags, of a type that Q_ENUM or Q_FLAG made known; its number is read too. */
    template <typename Enum>
        requires std::is_enum_v<Enum>
    static Field enumeration(const QByteArray &name = {})
    {
        return enumeration(name, QMetaEnum::fromType<Enum>(), QMetaType::fromType<Enum>());
    }
    static Field enumeration(const QByteArray &name, const QMetaEnum &enumerators, QMetaType type);
    static Field list(const QByteArray &name = {}, const Field &element = {});
    static Field map(const QByteArray &name = {}, const Field &element = {});
    static Field object(const QByteArray &name, const QList<Field> &fields);
    /*! An object with the properties of a Q_GADGET as its fields. */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    static Field gadget(const QByteArray &name = {})
    {
        return gadget(name, QMetaType::fromType<Gadget>());
    }
    static Field gadget(const QByteArray &name, QMetaType gadget);
    /*! What only the app's own functions know to read and write. */
    static Field custom(const QByteArray &name, const Reader &reader, const Writer &writer);

    /*!
     * The field that a property of a Q_GADGET stands for, with the gadget's types. Any for a type that has no other
     * place here. Optional for std::optional members (see registerOptionalType()), and for dates and times, whose
     * invalid values are null. A std::optional of a type that is not registered is a fault().
     */
    static Field fromProperty(const QMetaProperty &property);
    /*! The fields of all properties of \a gadget; their defaults are what its members begin with. */
    static QList<Field> fromGadget(const QMetaObject &gadget);

    /*! Has to be there. */
    Field required() const;
    /*! May be null, besides being absent. */
    Field optional() const;
    /*! Shows \a value where the field is absent. One that does not fit is a fault(). */
    Field withDefault(const QVariant &value) const;
    /*! A DateTime that is written as milliseconds since 1970, UTC; read in either form like any other. */
    Field inMilliseconds() const;
    Field named(const QByteArray &name) const;

    QByteArray name() const;
    Type type() const;
    bool isRequired() const;
    bool isOptional() const;
    bool isInMilliseconds() const;
    /*! What toVariant() gives for an absent field; invalid when there is no default. */
    QVariant defaultValue() const;
    /*! Why the field cannot be used; empty when it can. */
    QString fault() const;
    qint64 minimum() const;
    quint64 maximum() const;
    /*! Of a List or Map; Any for others. */
    Field element() const;
    /*! Of an Object. */
    QList<Field> fields() const;
    /*! The names that an Enumeration takes. */
    QList<QByteArray> names() const;
    /*! Of an Enumeration that was made from a type; invalid otherwise. */
    QMetaEnum enumerators() const;
    /*! The type of what toVariant() gives, where a property or type decides it; invalid otherwise. */
    QMetaType metaType() const;
    Reader reader() const;
    /*! The type for people: "an integer", "a list". */
    QString description() const;

    /*!
     * The value that \a json, a valid JSON text, stands for: a null QVariant (QVariant::fromValue(nullptr)) for null,
     * where that is taken; the default for a null view and for what does not fit.
     */
    QVariant toVariant(QByteArrayView json) const;
    /*!
     * The JSON text of \a value, which may also be what QML has instead of the field's own type: a number of another
     * kind, the text of a date, the name of an enumerator. Nothing, and the reason in \a error, when it does not fit.
     */
    std::optional<JsonText> toJson(const QVariant &value, QString *error = nullptr) const;

private:
    friend class FieldIssues;

    Field(const QByteArray &name, Type type);

    QVariant read(QByteArrayView json) const; // invalid when it does not fit
    QVariant readString(QByteArrayView text) const;
    QVariant readNumber(QByteArrayView number) const;
    QVariant readContainer(QByteArrayView json) const;
    QVariant readList(QByteArrayView json) const;
    QVariant readMap(QByteArrayView json) const;
    Field memberField(QByteArrayView name) const;
    QVariant readEnumerators(QByteArrayView text) const;
    QVariant enumerator(qint64 number) const;
    JsonText write(const QVariant &value) const;
    JsonText writeInstant(const QVariant &value) const;
    JsonText writeContainer(const QVariant &value) const;

    QSharedDataPointer<FieldData> d;
};

} // namespace DurableStreams
