"""What was measured, as tables."""

from collections.abc import Iterable, Mapping, Sequence

from tests.bench.desk import THREADS, Desk
from tests.bench.growth import KEEPING, SIZES, Growth
from tests.bench.lines import LINES, Predicted
from tests.bench.measuring import percentile_ms, rate, told
from tests.bench.replies import CLIENTS, OURS, Breakdown, Replies
from tests.bench.report import Table
from tests.bench.stock import EPOCHS, Recipe

STOCK = (
    "`POST /api/chat` of the web process beside `POST /webhooks/rest/webhook` of two stock `rasa run`, each"
    " with its action server; one process of each kind, all up all the time and asked in turns. Networks were"
    f" trained for {EPOCHS} epoch."
)
PARTS = (
    "One client, the gateway inside the measuring process with a watch on each call; mean of all messages."
    " The parts overlap; the rest is the safety net and the gateway itself."
)
DESK = (
    "Threads of one process; each piece of work is a transaction. The bare statements are this disk's limit."
)
GROWTH = (
    "Milliseconds for one page (the faster tenth of forty) as tickets grow; about 500 a month, of the newest"
    " thousand one in ten waits and one is claimed. Growth: a million against a thousand, each in a database"
    " of its own and asked in the same turns, so that other work on the machine meets both."
)
KEPT = (
    "Milliseconds (the faster tenth of forty) in which the scheduler keeps figures of settled months, so that"
    " no page has to reckon them. A thousand tickets fill two months, a hundred thousand more than a year."
)


def reply_tables(replies: Replies, parts: Breakdown) -> list[Table]:
    """Speed of a reply."""
    rows = [
        (
            f"{name}, {clients} client{'s' if clients > 1 else ''}",
            str(rate(rounds)),
            str(percentile_ms(rounds, 0.5)),
            str(percentile_ms(rounds, 0.95)),
        )
        for clients in CLIENTS
        for name in (OURS, *(recipe.shown for recipe in Recipe))
        for rounds in [replies.rounds[name, clients]]
    ]
    columns = ("", "replies/s", "p50 ms", "p95 ms")
    note = " ".join([STOCK, *(_ratios(replies, recipe) for recipe in Recipe)])
    return [
        Table("Replies over HTTP", columns, rows, note),
        Table("Where a reply's time goes", ("part", "ms", "share"), parts.rows(), _plain(parts)),
    ]


def _plain(parts: Breakdown) -> str:
    return f"{PARTS} Answered without the dialogue: {parts.plain_percent:.0f} of 100."


def _ratios(replies: Replies, recipe: Recipe) -> str:
    told_of = "; ".join(f"{replies.ratios(clients, recipe)} at {clients}" for clients in CLIENTS)
    return f"**Ours to {recipe.shown}, by number of clients: {told_of}.**"


def desk_tables(desk: Desk, growth: Growth) -> list[Table]:
    """Speed of the ticket services."""
    rows = [
        (
            f"{threads} thread{'s' if threads > 1 else ''}",
            *(str(rate(desk.rounds[kind, threads])) for kind in ("intake", "insert")),
            str(desk.share_of("intake", "insert", threads)),
            *(str(rate(desk.rounds[kind, threads])) for kind in ("claim", "update")),
            str(desk.share_of("claim", "update", threads)),
        )
        for threads in THREADS
    ]
    columns = ("per second", "intake", "bare insert", "share", "claim", "bare update", "share")
    sizes = (*(f"{size:,} tickets" for size in SIZES), "growth")
    return [
        Table("Intake and claim", columns, rows, DESK),
        Table("Pages as tickets grow", ("page", *sizes), _growing(growth, growth.names()), GROWTH),
        Table("Kept for the month's notice", ("what was to do", *sizes), _growing(growth, KEEPING), KEPT),
    ]


def _growing(growth: Growth, names: Iterable[str]) -> list[tuple[str, ...]]:
    return [
        (name, *(told(growth.milliseconds(name, size)) for size in SIZES), growth.growth(name))
        for name in names
    ]


def lines_table(predicted: Predicted) -> Table:
    """Speed of `hotline predict`."""
    row = (f"{predicted.to_first_line_s:.1f}", told(predicted.per_second), f"{predicted.all_s:.1f}")
    columns = ("seconds to the first line", "lines/s after it", "seconds in all")
    note = f"{LINES:,} lines and no language server running: the command starts one of its own."
    return Table("hotline predict", columns, [row], note)


def memory_table(held: Mapping[str, float], sizes: Mapping[str, float]) -> Table:
    """Memory and sizes on disk."""
    ours = [(name, told(mib)) for name, mib in sorted(held.items()) if not name.startswith("stock")]
    total = sum(mib for name, mib in held.items() if not name.startswith("stock"))
    stock = [(name, told(mib)) for name, mib in held.items() if name.startswith("stock")]
    disk: Sequence[tuple[str, str]] = [(f"on disk: {name}", told(mib)) for name, mib in sizes.items()]
    note = "Memory after the replies were measured, pages shared between processes counted once (PSS)."
    return Table("Memory", ("", "MiB"), [*ours, ("**ours together**", told(total)), *stock, *disk], note)
