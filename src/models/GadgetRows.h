// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <DurableStreams/JsonText>
#include <DurableStreams/RowData>
#include <DurableStreams/Schema>

#include <QtGlobal>

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace DurableStreams {

/*!
 * The rows of a model at one time, as gadgets, each read when the loop comes to it:
 *
 *     for (const Card &card : cards->rows<Card>())
 */
template <typename Gadget>
class GadgetRows
{
public:
    class const_iterator
    {
    public:
        using iterator_concept = std::input_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = Gadget;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = Gadget;

        const_iterator() = default;
        Gadget operator*() const { return read(m_row->text()); }
        const_iterator &operator++()
        {
            ++m_row;
            return *this;
        }
        const_iterator operator++(int) { return const_iterator(m_row++); }
        friend bool operator==(const_iterator, const_iterator) = default;

    private:
        friend class GadgetRows;
        explicit const_iterator(const ShownRow *row)
            : m_row(row)
        {
        }

        const ShownRow *m_row = nullptr;
    };

    explicit GadgetRows(std::vector<ShownRow> rows)
        : m_rows(std::move(rows))
    {
    }

    /*! \a value, a row's, as a gadget. */
    static Gadget read(const JsonText &value)
    {
        Gadget gadget;
        Schema::readGadget(Gadget::staticMetaObject, &gadget, value);
        return gadget;
    }

    qsizetype size() const { return qsizetype(m_rows.size()); }
    bool isEmpty() const { return m_rows.empty(); }
    const_iterator begin() const { return const_iterator(m_rows.data()); }
    const_iterator end() const { return const_iterator(m_rows.data() + m_rows.size()); }

private:
    std::vector<ShownRow> m_rows;
};

} // namespace DurableStreams
