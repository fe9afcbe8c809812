"""Words, tables and pictures laid down a sheet of A4, a new one begun when it is full."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfusion_cam.report.drawing import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PT, HEIGHT_PT = 595.276, 841.890
MARGIN_PT = 36.0
ROOM_PT = WIDTH_PT - 2 * MARGIN_PT
INK, DIM, SHADE, LINE = "#1a1a1a", "#4a4f55", "#f3f4f6", "#c4c8cd"

_LINE_HEIGHT = 1.32
_FOOT_PT = 40.0
_PAD_PT = 3.0
_TIED_PERCENT = "\u00a0%"
"""No line begins with the sign of its number."""
_WORD = re.compile(r"[^ \t\n]+")


@dataclass(frozen=True, slots=True)
class Style:
    """How words look."""

    size_pt: float = 8.5
    bold: bool = False
    colour: str = INK

    @property
    def weight(self) -> str:
        """As matplotlib names it."""
        return "bold" if self.bold else "normal"

    @property
    def line_pt(self) -> float:
        """From one line to the next."""
        return _LINE_HEIGHT * self.size_pt


BODY, SMALL, BOLD = Style(), Style(7.5, colour=DIM), Style(bold=True)


class _Row:
    """Cells broken into lines, and how high that makes the row."""

    def __init__(
        self, cells: Sequence[str], styles: Sequence[Style], widths_pt: Sequence[float]
    ) -> None:
        self.styles, self.widths_pt = styles, widths_pt
        self.lines = [
            wrapped(cell, style, width_pt - 2 * _PAD_PT)
            for cell, style, width_pt in zip(cells, styles, widths_pt, strict=True)
        ]
        self.line_pt = max(style.line_pt for style in styles)
        self.height_pt = self.line_pt * max(map(len, self.lines)) + _PAD_PT


@dataclass(slots=True)
class Paper:
    """Sheets that fill from the top; places are in points from the upper left corner.

    Attributes
    ----------
    foot : str
        Stands at the end of every sheet.
    sheets : list of matplotlib.figure.Figure
        Not known to pyplot, so nothing needs closing.
    """

    foot: str
    sheets: list[Figure] = field(default_factory=list)
    _y_pt: float = HEIGHT_PT

    def space(self, height_pt: float) -> None:
        """Leave some room, unless the sheet has just begun."""
        if self._y_pt > MARGIN_PT:
            self._y_pt += height_pt

    def need(self, height_pt: float) -> bool:
        """Begin a new sheet, and say so, unless so much fits on this one."""
        if self._y_pt + height_pt <= HEIGHT_PT - MARGIN_PT - _FOOT_PT:
            return False
        from matplotlib.figure import Figure

        self.sheets.append(Figure(figsize=(WIDTH_PT / 72, HEIGHT_PT / 72), facecolor="white"))
        self._y_pt = MARGIN_PT
        return True

    def words(self, text: str, style: Style = BODY, *, indent_pt: float = 0.0) -> None:
        """Write a paragraph."""
        for line in wrapped(text, style, ROOM_PT - indent_pt):
            self.need(style.line_pt)
            self._write(line, MARGIN_PT + indent_pt, self._y_pt, style)
            self._y_pt += style.line_pt

    def heading(self, text: str, kept_pt: float = 30.0) -> None:
        """Write a heading, never at the very end of a sheet."""
        style = Style(10, bold=True)
        self.space(7)
        self.need(style.line_pt + kept_pt)
        self.words(text, style)
        self.space(1)

    def points(self, lines: Sequence[str], style: Style = BODY) -> None:
        """Write a list."""
        for line in lines:
            self.need(style.line_pt)
            self._write("•", MARGIN_PT + 2, self._y_pt, style)
            self.words(line, style, indent_pt=11)

    def boxed(self, text: str, style: Style) -> None:
        """Write a paragraph in a frame."""
        lines = wrapped(text, style, ROOM_PT - 4 * _PAD_PT)
        height_pt = len(lines) * style.line_pt + 2 * _PAD_PT
        self.need(height_pt)
        self._box(MARGIN_PT, self._y_pt, ROOM_PT, height_pt, "none", INK)
        for number, line in enumerate(lines):
            y_pt = self._y_pt + _PAD_PT + number * style.line_pt
            self._write(line, MARGIN_PT + 2 * _PAD_PT, y_pt, style)
        self._y_pt += height_pt

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float],
        styles: Callable[[str], Style] = lambda _: BODY,
    ) -> None:
        """Write a table.

        Parameters
        ----------
        columns : sequence of str
        rows : sequence of sequence of str
        shares : sequence of float
            How the width is shared among the columns.
        styles : callable (cell) -> Style
            How a cell looks, by what it says.
        """
        widths_pt = [ROOM_PT * share / sum(shares) for share in shares]
        head = _Row(columns, [Style(7.5, bold=True)] * len(columns), widths_pt)
        self.need(head.height_pt)
        self._row(head, SHADE)
        for cells in rows:
            row = _Row(cells, [styles(cell) for cell in cells], widths_pt)
            if self.need(row.height_pt):
                self._row(head, SHADE)
            self._row(row, "none")

    def pictures(self, drawn: Sequence[tuple[Picture, str]], highest_pt: float) -> None:
        """Show pictures side by side, each with its caption below."""
        if not drawn:
            return
        gap_pt = 12.0
        room_pt = min((ROOM_PT - gap_pt * (len(drawn) - 1)) / len(drawn), 0.62 * ROOM_PT)
        sizes = [_fitted(rgb, room_pt, highest_pt) for rgb, _ in drawn]
        captions = [wrapped(caption, SMALL, room_pt) for _, caption in drawn]
        tallest_pt = max(height_pt for _, height_pt in sizes)
        lines_pt = SMALL.line_pt * max(map(len, captions))
        self.need(tallest_pt + lines_pt + _PAD_PT)
        for number, (rgb, _) in enumerate(drawn):
            x_pt = MARGIN_PT + number * (room_pt + gap_pt)
            axes = self._axes(x_pt, self._y_pt, *sizes[number])
            axes.imshow(rgb, aspect="auto", interpolation="antialiased")
            axes.set_axis_off()
            for line, text in enumerate(captions[number]):
                y_pt = self._y_pt + sizes[number][1] + _PAD_PT + line * SMALL.line_pt
                self._write(text, x_pt, y_pt, SMALL)
        self._y_pt += tallest_pt + lines_pt + 2 * _PAD_PT

    def plot(self, width_pt: float, height_pt: float, *, above_pt: float) -> Axes:
        """Give axes to draw on, with room for what stands round them and above."""
        left_pt, below_pt = 44.0, 28.0
        self.need(height_pt)
        axes = self._axes(
            MARGIN_PT + left_pt,
            self._y_pt + above_pt,
            width_pt - left_pt,
            height_pt - above_pt - below_pt,
        )
        self._y_pt += height_pt
        return axes

    def finish(self) -> list[Figure]:
        """Write the foot of every sheet, and give them all."""
        style = Style(6.8, bold=True)
        lines = wrapped(self.foot, style, ROOM_PT - 50)
        for number, sheet in enumerate(self.sheets, start=1):
            y_pt = HEIGHT_PT - MARGIN_PT - len(lines) * style.line_pt
            for line, text in enumerate(lines):
                self._write(text, MARGIN_PT, y_pt + line * style.line_pt, style, sheet)
            page = f"{number} of {len(self.sheets)}"
            self._write(page, WIDTH_PT - MARGIN_PT - 28, y_pt, SMALL, sheet)
        return self.sheets

    def _row(self, row: _Row, shade: str) -> None:
        self._box(MARGIN_PT, self._y_pt, ROOM_PT, row.height_pt, shade, "none")
        self._box(MARGIN_PT, self._y_pt + row.height_pt, ROOM_PT, 0, "none", LINE)
        x_pt = MARGIN_PT
        for lines, style, width_pt in zip(row.lines, row.styles, row.widths_pt, strict=True):
            for number, line in enumerate(lines):
                y_pt = self._y_pt + 0.5 * _PAD_PT + number * row.line_pt
                self._write(line, x_pt + _PAD_PT, y_pt, style)
            x_pt += width_pt
        self._y_pt += row.height_pt

    def _write(
        self, text: str, x_pt: float, y_pt: float, style: Style, sheet: Figure | None = None
    ) -> None:
        # Names of files may hold dollar signs, which are no formulas.
        (sheet or self.sheets[-1]).text(
            x_pt / WIDTH_PT,
            1 - (y_pt + style.size_pt) / HEIGHT_PT,
            text,
            fontsize=style.size_pt,
            fontweight=style.weight,
            color=style.colour,
            parse_math=False,
        )

    def _box(
        self, x_pt: float, y_pt: float, width_pt: float, height_pt: float, fill: str, edge: str
    ) -> None:
        from matplotlib.patches import Rectangle

        sheet = self.sheets[-1]
        corner = (x_pt / WIDTH_PT, 1 - (y_pt + height_pt) / HEIGHT_PT)
        size = (width_pt / WIDTH_PT, height_pt / HEIGHT_PT)
        sheet.add_artist(
            Rectangle(corner, *size, facecolor=fill, edgecolor=edge, linewidth=0.8, zorder=-1)
        )

    def _axes(self, x_pt: float, y_pt: float, width_pt: float, height_pt: float) -> Axes:
        return self.sheets[-1].add_axes(
            (
                x_pt / WIDTH_PT,
                1 - (y_pt + height_pt) / HEIGHT_PT,
                width_pt / WIDTH_PT,
                height_pt / HEIGHT_PT,
            )
        )


def wrapped(text: str, style: Style, width_pt: float) -> list[str]:
    """Break text into lines no wider than asked; a word that is wider is cut."""
    # A file's name need not be Unicode; a font knows nothing else.
    known = text.encode("utf-8", "replace").decode("utf-8")
    lines: list[str] = []
    for word in _WORD.findall(known.replace(" %", _TIED_PERCENT)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width_pt(longer, style) <= width_pt:
            lines[-1] = longer
        else:
            lines += _cut(word, style, width_pt)
    return [line.replace(_TIED_PERCENT, " %") for line in lines] or [""]


def _cut(word: str, style: Style, width_pt: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and _width_pt(pieces[-1] + letter, style) > width_pt:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width_pt(text: str, style: Style) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=style.size_pt, weight=style.weight)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def _fitted(rgb: Picture, width_pt: float, height_pt: float) -> tuple[float, float]:
    height, width = rgb.shape[:2]
    scale = min(width_pt / width, height_pt / height)
    return width * scale, height * scale
