"""A paper for printing, with its Chinese font inside: it looks the same on every machine.

The font is Noto Sans SC (SIL Open Font License), from a package of its own; only the characters used go in.
"""

from datetime import datetime
from importlib.resources import as_file, files

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from ticketing.domain.paper import Bars, Cell, Paper, Section, Table
from ticketing.paper.bars import short

FONT_PACKAGE, FONT_FILE, FONT = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf", "sc"
TITLE_PT, HEAD_PT, TEXT_PT, CELL_PT = 17, 13, 9.5, 8.5
LINE_MM, BAR_MM, LABEL_MM, VALUE_MM = 5.4, 5.0, 42, 16
HEAD_COLOUR, LINE_COLOUR, TOTAL_COLOUR = (15, 90, 92), (190, 202, 199), (226, 239, 238)
#: Room beside the text of a cell; a column with sentences gets no more than this, and breaks its lines.
CELL_ROOM_MM, COLUMN_MAX_MM = 5, 90


def pdf(paper: Paper, *, made_at: datetime, page_words: str) -> bytes:
    """The file; ``page_words`` has {page} and {pages} for the foot of each page."""
    sheet = _Sheet(page_words)
    sheet.creation_date = made_at
    sheet.set_title(paper.title)
    sheet.set_lang("zh-CN")
    sheet.begin()
    sheet.set_font(FONT, size=TITLE_PT)
    sheet.multi_cell(0, 9, paper.title, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.sentences(paper.lead)
    for section in paper.sections:
        sheet.section(section)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """A4 across, with the page's number at its foot."""

    def __init__(self, page_words: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._page_words = page_words

    def begin(self) -> None:
        with as_file(files(FONT_PACKAGE) / FONT_FILE) as path:
            self.add_font(FONT, fname=path)
        self.set_auto_page_break(auto=True, margin=16)
        self.alias_nb_pages("{pages}")
        self.add_page()

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, size=CELL_PT)
        words = self._page_words.replace("{page}", str(self.page_no()))
        self.cell(0, 6, words, align="C")

    def sentences(self, lines: tuple[str, ...]) -> None:
        self.set_font(FONT, size=TEXT_PT)
        for line in lines:
            self.multi_cell(0, LINE_MM, line, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def section(self, section: Section) -> None:
        """Heading, table, bars, notes; the heading never stands alone at the foot of a page."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(4)
        self.set_font(FONT, size=HEAD_PT)
        self.multi_cell(0, 7, section.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if section.table is not None and section.table.rows:
            self._table(section.table)
        self.ln(1.5)
        if section.bars is not None:
            self._bars(section.bars)
        self.sentences(section.notes)

    def _table(self, table: Table) -> None:
        self.set_font(FONT, size=CELL_PT)
        self.set_draw_color(*LINE_COLOUR)
        # What bars were filled with would fill the cells too.
        self.set_fill_color(255)
        aligns = tuple("RIGHT" if column.is_number else "LEFT" for column in table.columns)
        heads = 2 if table.groups else 1
        with self.table(
            col_widths=self._widths(table),
            text_align=aligns,
            line_height=LINE_MM,
            headings_style=FontFace(color=255, fill_color=HEAD_COLOUR),
            num_heading_rows=heads,
        ) as drawn:
            if table.groups:
                above = drawn.row()
                for title, span in table.groups:
                    above.cell(title, colspan=span, align="CENTER")
            drawn.row([column.title for column in table.columns])
            for row in table.rows:
                drawn.row([str(cell) for cell in row])
            if table.total:
                drawn.row([str(cell) for cell in table.total], style=FontFace(fill_color=TOTAL_COLOUR))

    def _widths(self, table: Table) -> tuple[float, ...]:
        """As wide as their longest text, in the font set now."""
        lines: list[tuple[Cell, ...]] = [tuple(column.title for column in table.columns), *table.rows]
        lines += [table.total] if table.total else []
        widest = (
            max(self.get_string_width(str(line[place])) for line in lines) for place in range(len(lines[0]))
        )
        return tuple(min(width + CELL_ROOM_MM, COLUMN_MAX_MM) for width in widest)

    def _bars(self, bars: Bars) -> None:
        self.set_font(FONT, size=TEXT_PT)
        if self.will_page_break(LINE_MM + BAR_MM * min(len(bars.bars), 8)):
            self.add_page()
        self.multi_cell(0, LINE_MM, bars.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        most = max(bar.value for bar in bars.bars) or 1
        room = self.epw / 2 - LABEL_MM - VALUE_MM
        self.set_font(FONT, size=CELL_PT)
        self.set_fill_color(*HEAD_COLOUR)
        for bar in bars.bars:
            self._bar(short(bar.label), bar.words, room * bar.value / most)

    def _bar(self, label: str, words: str, length: float) -> None:
        if self.will_page_break(BAR_MM):
            self.add_page()
        self.cell(LABEL_MM, BAR_MM, label, align="R")
        self.rect(self.get_x() + 1, self.get_y() + 1, max(length, 0.3), BAR_MM - 2, style="F")
        self.set_x(self.get_x() + length + 2)
        self.cell(VALUE_MM, BAR_MM, words, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
