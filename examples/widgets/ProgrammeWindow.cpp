// SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
// SPDX-License-Identifier: Apache-2.0

#include "ProgrammeWindow.h"

#include "Screening.h"

#include <DurableStreams/Collection>
#include <DurableStreams/Transaction>

#include <QHeaderView>
#include <QLineEdit>
#include <QMetaProperty>
#include <QPlainTextEdit>
#include <QResizeEvent>

using namespace DurableStreams;
using namespace Qt::StringLiterals;

namespace {

const QStringList fields{u"film"_s, u"director"_s, u"day"_s, u"hall"_s, u"minutes"_s, u"notes"_s};
const QVariantMap titles{{u"film"_s, u"Film"_s}, {u"director"_s, u"Director"_s}, {u"day"_s, u"Day"_s},
                         {u"hall"_s, u"Hall"_s}, {u"minutes"_s, u"Length"_s},    {u"notes"_s, u"Notes"_s}};

// Fusion with a little more air.
const QString looks = u"QTableView, QListView { border: 1px solid palette(midlight); }"
                      "QHeaderView::section { padding: 9px 10px; border: none; background: palette(base);"
                      " border-bottom: 1px solid palette(midlight); font-weight: 600; }"
                      "QPushButton { padding: 8px 16px; border: none; border-radius: 4px;"
                      " background: palette(button); }"
                      "QPushButton:hover { background: palette(midlight); }"
                      "QPushButton#add, QPushButton#bar { background: palette(highlight);"
                      " color: palette(highlighted-text); }"
                      "QPushButton#bar { border-radius: 0; padding: 10px; }"_s;

QMetaType typeOf(const QString &field)
{
    const QMetaObject &screening = Screening::staticMetaObject;
    return screening.property(screening.indexOfProperty(field.toLatin1().constData())).metaType();
}

QList<Screening> firstScreenings()
{
    return {
        {u"1"_s, u"The Lighthouse Radio"_s, u"Ines Marlow"_s, {2027, 6, 3}, Screening::Grand, 104, u"Opening night."_s},
        {u"2"_s, u"Salt Roads"_s, u"Tomas Veld"_s, {2027, 6, 4}, Screening::Studio, 88, u"With live piano."_s},
        {u"3"_s, u"A Guide to Clouds"_s, u"Noor Adeyemi"_s, {2027, 6, 4}, Screening::Rooftop, 73, u"If it is dry."_s},
        {u"4"_s, u"Night Ferry"_s, u"Pia Lindqvist"_s, {2027, 6, 5}, Screening::Garden, 96, u"Blankets!"_s},
        {u"5"_s, u"Seven Small Engines"_s, u"Jun Okabe"_s, {2027, 6, 5}, Screening::Studio, 61, u"From six years."_s},
        {u"6"_s, u"The Orchard in Winter"_s, u"Clara Vance"_s, {2027, 6, 6}, Screening::Grand, 132, u"On 35 mm."_s},
        {u"7"_s, u"Paper Harbour"_s, u"Elio Brandt"_s, {2027, 6, 6}, Screening::Garden, 110, {}},
        {u"8"_s, u"What the River Kept"_s, u"Mara Quist"_s, {2027, 6, 7}, Screening::Rooftop, 118, u"Last night."_s},
    };
}

} // namespace

ProgrammeWindow::ProgrammeWindow(const QUrl &url, const QString &token)
    : m_db(&m_session, u"programme"_s, url)
    , m_screenings(m_db.collection<Screening>(u"screening"_s))
    , m_programme(m_screenings)
    , m_cells(&m_programme, fields)
{
    m_session.setBearerToken(token);
    m_programme.setDisplayField(u"film"_s);
    m_cells.setTitles(titles);
    setUpTable();
    setUpList();
    setUpPicker();
    setUpForm();
    layOut();
    select(-1);
    followStream();
}

// ---- Four views of one collection ----

void ProgrammeWindow::setUpTable()
{
    m_table.setObjectName("table");
    m_table.setModel(&m_cells);
    m_table.setItemDelegate(&m_cellDelegate);
    m_table.setAlternatingRowColors(true);
    m_table.setShowGrid(false);
    m_table.setSelectionBehavior(QTableView::SelectRows);
    m_table.setSelectionMode(QTableView::SingleSelection);
    m_table.setDragEnabled(true);
    m_table.setColumnHidden(m_cells.columnOf(u"notes"_s), true);
    m_table.verticalHeader()->hide();
    m_table.verticalHeader()->setDefaultSectionSize(38);
    QHeaderView *const header = m_table.horizontalHeader();
    header->setDefaultSectionSize(104);
    header->setSectionResizeMode(m_cells.columnOf(u"film"_s), QHeaderView::Stretch);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setSortIndicator(m_cells.columnOf(u"day"_s), Qt::AscendingOrder);
    m_table.setSortingEnabled(true); // the live query sorts
    connect(m_table.selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) { select(current.row()); });
}

void ProgrammeWindow::setUpList()
{
    m_list.setObjectName("list");
    m_list.setModel(&m_programme); // shows, and edits, the display field
    m_list.setItemDelegate(&m_cardDelegate);
    m_list.setDragEnabled(true);
    m_list.setUniformItemSizes(true);
    m_list.setFixedWidth(290);
    connect(m_list.selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) { select(current.row()); });
}

void ProgrammeWindow::setUpPicker()
{
    m_picker.setObjectName("picker");
    m_picker.setModel(&m_programme);
    m_picker.setEditable(true);
    m_picker.setInsertPolicy(QComboBox::NoInsert);
    m_picker.setMinimumWidth(80);
    m_picker.setMinimumHeight(34);
    m_picker.lineEdit()->setTextMargins(7, 0, 7, 0);
    connect(&m_picker, &QComboBox::currentIndexChanged, this, &ProgrammeWindow::select);
    connect(m_picker.lineEdit(), &QLineEdit::editingFinished, this,
            [this] { m_picker.setItemText(m_picker.currentIndex(), m_picker.currentText()); });
}

// An editor for each column, the table's own.
void ProgrammeWindow::setUpForm()
{
    m_mapper.setModel(&m_cells);
    m_mapper.setItemDelegate(&m_formDelegate);
    auto *grid = new QGridLayout(&m_form);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(12);
    const auto addField = [&](const QString &field, int row, int column, int columnSpan) {
        auto *notes = field == "notes"_L1 ? new QPlainTextEdit : nullptr;
        QWidget *const editor = notes ? notes : ScreeningDelegate::makeEditor(typeOf(field), nullptr);
        editor->setObjectName(field);
        editor->setMinimumHeight(34);
        if (notes)
            notes->document()->setDocumentMargin(9);
        if (auto *const box = qobject_cast<QComboBox *>(editor))
            connect(box, &QComboBox::activated, &m_mapper, &QDataWidgetMapper::submit);
        m_mapper.addMapping(editor, m_cells.columnOf(field));
        grid->addWidget(new QLabel(titles.value(field).toString()), 2 * row, column);
        grid->addWidget(editor, 2 * row + 1, column, 1, columnSpan);
    };
    addField(u"film"_s, 0, 0, 2);
    addField(u"director"_s, 1, 0, 2);
    addField(u"day"_s, 2, 0, 2);
    addField(u"hall"_s, 3, 0, 1);
    addField(u"minutes"_s, 3, 1, 1);
    addField(u"notes"_s, 4, 0, 2);
}

void ProgrammeWindow::select(int row)
{
    const bool isThere = row >= 0 && row < m_programme.rowCount();
    m_form.setEnabled(isThere);
    if (!isThere)
        return;
    if (m_table.currentIndex().row() != row)
        m_table.selectRow(row);
    m_list.setCurrentIndex(m_programme.index(row));
    m_picker.setCurrentIndex(row);
    if (m_mapper.currentIndex() != row)
        m_mapper.setCurrentIndex(row);
}

// ---- The stream ----

void ProgrammeWindow::followStream()
{
    connect(&m_db, &StreamDb::lastErrorChanged, this, &ProgrammeWindow::showState);
    connect(&m_db, &StreamDb::pendingCountChanged, this, &ProgrammeWindow::showState);
    connect(&m_db, &StreamDb::upToDateChanged, this, &ProgrammeWindow::fillNewStream);
    connect(&m_db, &StreamDb::transactionFailed, this, [this](Transaction *write) {
        m_refusal = write->error().message();
        showState();
    });
    connect(&m_programme, &LiveQuery::countChanged, this, [this] {
        if (m_mapper.currentIndex() < 0)
            select(0);
    });
    m_db.preload();
    showState();
}

void ProgrammeWindow::fillNewStream()
{
    if (m_db.isUpToDate() && m_db.eventCount() == 0) {
        for (const Screening &screening : firstScreenings())
            m_screenings->upsert(screening);
    }
}

void ProgrammeWindow::add()
{
    const QString id = Collection::newKey();
    m_screenings->insert(Screening{id, tr("New film"), {}, QDate::currentDate(), Screening::Grand, 90, {}});
    select(m_programme.indexOf(id));
    m_table.edit(m_table.currentIndex().siblingAtColumn(m_cells.columnOf(u"film"_s)));
}

void ProgrammeWindow::removeCurrent()
{
    const QString key = m_programme.keyAt(m_table.currentIndex().row());
    if (!key.isEmpty())
        m_screenings->remove(key);
}

void ProgrammeWindow::showState()
{
    const QString offline = tr("Not connected: changes are kept, and sent later. Try now");
    m_bar.setText(!m_refusal.isEmpty() ? m_refusal : m_db.errorString().isEmpty() ? QString() : offline);
    m_bar.setHidden(m_bar.text().isEmpty());
    m_state.setText(m_db.pendingCount() > 0 ? tr("Saving…") : tr("All saved"));
}

// ---- Looks ----

QLayout *ProgrammeWindow::makeHead()
{
    auto *title = new QLabel(windowTitle());
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.7);
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    m_state.setObjectName("state");
    m_state.setForegroundRole(QPalette::PlaceholderText);
    auto *addButton = new QPushButton(tr("Add"));
    addButton->setObjectName("add");
    auto *removeButton = new QPushButton(tr("Remove"));
    removeButton->setObjectName("remove");
    connect(addButton, &QPushButton::clicked, this, &ProgrammeWindow::add);
    connect(removeButton, &QPushButton::clicked, this, &ProgrammeWindow::removeCurrent);

    auto *top = new QHBoxLayout;
    top->addWidget(title, 1);
    top->addWidget(&m_state);
    auto *controls = new QHBoxLayout;
    controls->setSpacing(10);
    controls->addWidget(&m_picker, 1);
    controls->addWidget(addButton);
    controls->addWidget(removeButton);
    auto *head = new QVBoxLayout;
    head->setSpacing(12);
    head->addLayout(top);
    head->addLayout(controls);
    return head;
}

void ProgrammeWindow::layOut()
{
    setWindowTitle(tr("Festival programme"));
    setStyleSheet(looks);
    setMinimumSize(340, 400);
    m_bar.setObjectName("bar");
    connect(&m_bar, &QPushButton::clicked, this, [this] {
        m_refusal.clear();
        showState();
        m_db.reconnect();
    });
    m_body.setSpacing(20);
    m_body.addWidget(&m_list);
    m_body.addWidget(&m_table, 1);
    m_body.addWidget(&m_form);
    auto *content = new QVBoxLayout;
    content->setContentsMargins(24, 16, 24, 24);
    content->setSpacing(20);
    content->addLayout(makeHead());
    content->addLayout(&m_body, 1);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins({});
    all->setSpacing(0);
    all->addWidget(&m_bar);
    all->addLayout(content, 1);
    m_table.setFocus();
}

// With less room the form stands below the table, and the list goes.
void ProgrammeWindow::resizeEvent(QResizeEvent *event)
{
    const bool isWide = event->size().width() >= 1000;
    m_list.setVisible(isWide);
    m_body.setDirection(isWide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_form.setMaximumWidth(isWide ? 280 : QWIDGETSIZE_MAX);
    m_form.findChild<QPlainTextEdit *>()->setMaximumHeight(isWide ? QWIDGETSIZE_MAX : 80);
    m_form.setSizePolicy(QSizePolicy::Preferred, isWide ? QSizePolicy::Preferred : QSizePolicy::Maximum);
    const bool isNarrow = event->size().width() < 640;
    m_table.setColumnHidden(m_cells.columnOf(u"director"_s), isNarrow || (isWide && event->size().width() < 1300));
    m_table.setColumnHidden(m_cells.columnOf(u"minutes"_s), isNarrow);
    QWidget::resizeEvent(event);
}
