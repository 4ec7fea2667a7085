// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/Export>
#include <DurableStreams/Field>
#include <DurableStreams/JsonText>
#include <DurableStreams/SchemaIssue>
#include <DurableStreams/StreamError>

#include <QByteArray>
#include <QList>
#include <QMetaObject>
#include <QSharedDataPointer>
#include <QVariant>

#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>

namespace DurableStreams {

class SchemaData;

/*!
 * What the rows of one collection look like: the event type, the field that is the key, the fields that become roles,
 * and what makes a value valid.
 *
 * A value: implicitly shared, cheap to copy, safe to hand between threads. Fields that the schema does not name are
 * kept in the row all the same. Without typed fields and a validator every JSON value is valid.
 */
class DURABLESTREAMS_EXPORT Schema
{
public:
    /*! Gives what is wrong with a value whose fields all fit. Called from any thread, several at once. */
    using Validator = std::function<QList<SchemaIssue>(const JsonText &value)>;

    Schema();
    /*! Fields of any type. */
    Schema(const QByteArray &type, const QByteArray &primaryKey, const QList<QByteArray> &fields);
    Schema(const QByteArray &type, const QByteArray &primaryKey, std::initializer_list<Field> fields);
    template <typename List>
        requires std::same_as<List, QList<Field>>
    Schema(const QByteArray &type, const QByteArray &primaryKey, const List &fields)
        : Schema(type, primaryKey, {})
    {
        setFieldList(fields);
    }
    Schema(const Schema &);
    Schema(Schema &&) noexcept;
    Schema &operator=(const Schema &);
    Schema &operator=(Schema &&) noexcept;
    ~Schema();

    /*!
     * The fields of a Q_GADGET, a role for each Q_PROPERTY, with the types of the properties; the primary key is the
     * first property.
     */
    static Schema fromGadget(const QByteArray &type, const QMetaObject &gadget);
    /*!
     * Fields as QML gives them; nothing, and the reason in \a error, when something is not understood. A list of names,
     * a map from names to types, or a list of maps that have a `name` besides. A type is a name: `any`, `string`,
     * `bool`, `integer`, `unsigned`, `double`, `decimal`, `bigInteger`, `date`, `time`, `dateTime`, `url`, `uuid`,
     * `bytes`, `enum`, `list`, `map`, `object`; or a map of `type` and, where they apply, `required`, `optional`,
     * `default`, `minimum` and `maximum` (of integers), `milliseconds` (of a dateTime, see Field::inMilliseconds()),
     * `of` (the type of a list's or map's elements; the names of an enum) and `fields` (of an object).
     */
    static std::optional<Schema> fromVariant(const QByteArray &type, const QByteArray &primaryKey,
                                             const QVariant &fields, QString *error = nullptr);

    QByteArray type() const;
    /*! Empty when keys are given apart from values. */
    QByteArray primaryKey() const;
    /*! The names of the fields, in their order. */
    QList<QByteArray> fields() const;
    QList<Field> fieldList() const;
    void setFieldList(const QList<Field> &fields);
    /*! The field \a name; one of type Any without a name when there is none. */
    Field field(const QByteArray &name) const;

    Validator validator() const;
    void setValidator(const Validator &validator);
    /*! The same with the value as a gadget, that readGadget() fills. */
    template <typename Gadget>
        requires requires { Gadget::staticMetaObject; }
    void setGadgetValidator(const std::function<QList<SchemaIssue>(const Gadget &)> &validator)
    {
        setValidator([validator](const JsonText &value) {
            Gadget gadget;
            readGadget(Gadget::staticMetaObject, &gadget, value);
            return validator(gadget);
        });
    }

    /*!
     * Whether the schema can be used, or InvalidArgument: the type is empty or not UTF-8, a field has no name, the name
     * of another field or one that the roles of every collection have (key, value, rowState, offset, timestamp,
     * display) or a fault of its own (see Field::fault()), or the primary key has a type that is no string.
     */
    StreamError check() const;

    /*!
     * A hash of all that decides which values the schema takes and which of them rows have, the same in each run of the
     * program. Of functions of the app it only tells whether there are any.
     */
    QByteArray digest() const;

    /*! Sets the properties of \a gadget, of type \a metaObject, that \a value has fields for. */
    static void readGadget(const QMetaObject &metaObject, void *gadget, const JsonText &value);
    /*! All properties of \a gadget as a JSON object. */
    static JsonText writeGadget(const QMetaObject &metaObject, const void *gadget);
    /*!
     * The fields to set in \a present (see JsonText::patched()) to make it say what \a gadget says: those alone that
     * differ, so that the spelling of the others stays, and fields that the gadget does not know, in gadgets within it
     * too. Lists and maps are replaced whole.
     */
    static QList<JsonText::Field> patchOf(const QMetaObject &metaObject, const void *gadget, const JsonText &present);

private:
    friend class JsonSchema;
    friend class SchemaChecker;

    QSharedDataPointer<SchemaData> d;
};

} // namespace DurableStreams
