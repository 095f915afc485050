"""A chart of bars as SVG, made on the server: no script, no style, and words for who cannot see it."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ticketing.domain.paper import Bar, Bars

WIDTH, ROW, LABEL_X, BAR_X, VALUE_WIDTH = 360, 26, 128, 136, 44
#: A label longer than this would run into its bar.
LABEL_CHARACTERS = 9
BAR_WIDTH = WIDTH - BAR_X - VALUE_WIDTH
INK, FILL = "#1b2424", "#0f5a5c"


def svg(bars: Bars) -> str:
    """The chart as markup; everything in it is escaped."""
    height = ROW * len(bars.bars) + 4
    inner = "".join(_rows(bars))
    return (
        f'<svg class="bars" role="img" viewBox="0 0 {WIDTH} {height}" aria-label={quoteattr(bars.words)}>'
        f"<title>{escape(bars.title)}</title>{inner}</svg>"
    )


def _rows(bars: Bars) -> Iterator[str]:
    most = max((bar.value for bar in bars.bars), default=0) or 1
    for place, bar in enumerate(bars.bars):
        yield _row(bar, top=ROW * place, length=BAR_WIDTH * bar.value / most)


def _row(bar: Bar, *, top: int, length: float) -> str:
    text = f'font-size="13" fill="{INK}" dominant-baseline="middle"'
    middle = top + ROW / 2
    size = f'width="{max(length, 1):.1f}" height="{ROW - 8}"'
    return (
        f'<text x="{LABEL_X}" y="{middle:g}" text-anchor="end" {text}>{escape(short(bar.label))}</text>'
        f'<rect x="{BAR_X}" y="{top + 4}" {size} rx="3" fill="{FILL}"/>'
        f'<text x="{BAR_X + length + 6:.1f}" y="{middle:g}" {text}>{escape(bar.words)}</text>'
    )


def short(label: str) -> str:
    """A label that fits beside its bar."""
    return label if len(label) <= LABEL_CHARACTERS else f"{label[: LABEL_CHARACTERS - 1]}…"
