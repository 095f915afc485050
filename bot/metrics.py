"""The figures of now in Prometheus' text format; counts only, nothing about a person."""

from collections.abc import Iterator, Mapping

from ticketing.services.reporting import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(figures: Figures, *, spooled: int, checks: Mapping[str, bool]) -> str:
    """All figures, one sample a line."""
    return "".join(f"{line}\n" for line in _lines(figures, spooled, checks))


def _lines(figures: Figures, spooled: int, checks: Mapping[str, bool]) -> Iterator[str]:
    by_label: tuple[tuple[str, str, Mapping[str, int]], ...] = (
        ("hotline_messages", "direction", figures.messages),
        ("hotline_tickets", "status", figures.by_status),
        ("hotline_tickets_by_risk", "risk", figures.by_risk),
        ("hotline_tickets_by_category", "category", figures.by_category),
        ("hotline_attachments", "state", figures.attachments),
        ("hotline_up", "part", {name: int(is_up) for name, is_up in checks.items()}),
    )
    for name, label, counts in by_label:
        yield f"# TYPE {name} gauge"
        yield from (f'{name}{{{label}="{key}"}} {count}' for key, count in sorted(counts.items()))
    plain = {
        "hotline_tickets_overdue": figures.overdue,
        "hotline_conversations_waiting": figures.waiting_conversations,
        "hotline_outbox_depth": figures.outbox_depth,
        "hotline_spool_depth": spooled,
    }
    for name, count in plain.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {count}"
