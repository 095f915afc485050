"""The monthly notice in words: Ningguo's columns, and every rate with both its numbers."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import dropwhile, pairwise

from ticketing.domain.month import Counts, Month, Rate, RawRow, Settled
from ticketing.domain.month_report import Compared, MonthReport, change
from ticketing.domain.month_rules import MonthRules
from ticketing.domain.paper import Bar, Bars, Cell, Column, Paper, Section, Table
from ticketing.services.office import Office

#: Columns of each line, in Ningguo's order.
SETTLED = ("on_time", "late", "open")


def paper_of(report: MonthReport, rules: MonthRules, office: Office) -> Paper:
    """The whole notice."""
    return _Writer(report, rules, office).paper()


class _Writer:
    """One notice being written."""

    def __init__(self, report: MonthReport, rules: MonthRules, office: Office) -> None:
        self._report = report
        self._rules = rules
        self._office = office

    def paper(self) -> Paper:
        month = self._month(self._report.month)
        total = self._report.total
        days = self._rules.cutoff_days
        state = ("later" if days else "final") if self._report.is_final else "running"
        return Paper(
            title=self._say("title", month=month),
            lead=(
                self._say(f"lead_{state}", month=month, days=days),
                self._say("lead_total", total=total.total, closed=total.closed, on_time=total.on_time),
                self._balance(total),
            ),
            sections=(
                self._notice(),
                self._three_rates(),
                self._compared("matter", self._report.matters),
                self._compared("town", self._in_order(self._report.towns)),
                self._small(),
                self._trend(),
                self._hot_spots(),
                self._season(),
                self._channels(),
                self._definitions(),
            ),
            raw=self._raw(self._report.rows),
            file_name=self._say("file_name", month=month),
        )

    def _notice(self) -> Section:
        """Ningguo's table; in the order of the unit directory, since the notice ranks nobody."""
        counts = self._report.units
        known = self._office.catalogue.units()
        units = [slug for slug in known if slug in counts] + sorted(set(counts) - set(known))
        rows = [(self._unit(slug), *self._notice_cells(counts[slug])) for slug in units]
        total = (self._say("all"), *self._notice_cells(self._report.total))
        bars = [Bar(self._unit(slug), float(counts[slug].total), str(counts[slug].total)) for slug in units]
        open_in_time = self._report.total.open_in_time
        return Section(
            title=self._say("notice"),
            table=Table(self._notice_columns(), tuple(rows), total),
            bars=self._bars("notice_bars", bars),
            notes=(
                self._say("notice_note", count=open_in_time),
                *self._found(self._report.total.found),
                self._say("no_ranking"),
            ),
        )

    def _found(self, found: Settled) -> tuple[str, ...]:
        """What workers found by themselves stands beside the table; nothing of nothing."""
        if not found.total:
            return ()
        ends = {"on_time": found.on_time, "late": found.late, "still_open": found.open}
        return (self._say("found_note", count=found.total, **ends),)

    def _notice_columns(self) -> tuple[Column, ...]:
        lines = [
            Column(self._say(f"column_{name}"), self._say(f"line_{line}"))
            for line in ("hotline", "interaction")
            for name in SETTLED
        ]
        rates = ("closed_rate", "on_time_rate", "dissatisfied", "dissatisfied_rate")
        return (
            Column(self._say("column_unit"), is_number=False),
            Column(self._say("column_total")),
            *lines,
            *(Column(self._say(f"column_{name}")) for name in rates),
        )

    def _notice_cells(self, counts: Counts) -> tuple[Cell, ...]:
        decimals = self._rules.decimals
        return (
            counts.total,
            *(getattr(counts.hotline, name) for name in SETTLED),
            *(getattr(counts.interaction, name) for name in SETTLED),
            self._rate(Rate(counts.closed, counts.total, decimals.closed)),
            self._rate(Rate(counts.on_time, counts.total, decimals.closed_on_time)),
            counts.dissatisfied,
            self._dissatisfied(counts),
        )

    def _dissatisfied(self, counts: Counts) -> str:
        rate = Rate(counts.dissatisfied, counts.hotline.on_time, self._rules.decimals.dissatisfied)
        return self._rate(rate)

    def _three_rates(self) -> Section:
        total = self._report.total
        digits = self._rules.decimals.three_rates
        rates = {
            "responded": Rate(total.contacted_in_time, total.contact_due, digits),
            "resolved": Rate(total.said_resolved, total.asked_resolved, digits),
            "content": Rate(total.satisfied, total.rated, digits),
        }
        rows = tuple((self._say(f"rate_{name}"), self._rate(rate)) for name, rate in rates.items())
        columns = (Column(self._say("column_rate"), is_number=False), Column(self._say("column_figure")))
        return Section(self._say("three_rates"), Table(columns, rows))

    def _compared(self, subject: str, entries: Sequence[Compared]) -> Section:
        columns = (
            Column(self._say(f"column_{subject}"), is_number=False),
            *(Column(self._say(f"column_{name}")) for name in ("now", "before", "change", "year_ago")),
            Column(self._say("column_on_time_rate")),
        )
        rows = [(self._name(subject, one.slug), *self._compared_cells(one)) for one in entries]
        bars = [
            Bar(self._name(subject, one.slug), float(one.counts.total), str(one.counts.total))
            for one in entries
            if one.counts.total
        ]
        return Section(
            self._say(f"by_{subject}"), Table(columns, tuple(rows)), self._bars(f"by_{subject}", bars)
        )

    def _compared_cells(self, one: Compared) -> tuple[Cell, ...]:
        on_time = Rate(one.counts.on_time, one.counts.total, self._rules.decimals.closed_on_time)
        return (
            one.counts.total,
            one.before.total,
            self._change(one.counts.total, one.before.total),
            one.year_ago.total,
            self._rate(on_time),
        )

    def _small(self) -> Section:
        """Cases about children by town; a small number is told for no single town."""
        report = self._report
        rows: list[tuple[Cell, ...]] = [
            (self._name("town", slug), report.small_towns[slug])
            for slug in self._town_order()
            if slug in report.small_towns
        ]
        if report.small_rest:
            under = self._rules.small_under
            words = self._say("fewer", under=under) if report.small_rest < under else report.small_rest
            rows.append((self._say("other_towns"), words))
        columns = (Column(self._say("column_town"), is_number=False), Column(self._say("column_now")))
        note = self._say("small_note", under=self._rules.small_under)
        if not rows:
            return Section(self._say("small"), notes=(self._say("none_small"), note))
        return Section(self._say("small"), Table(columns, tuple(rows)), notes=(note,))

    def _trend(self) -> Section:
        columns = (
            Column(self._say("column_month"), is_number=False),
            *(Column(self._say(f"column_{name}")) for name in ("total", "change")),
            *(
                Column(self._say(f"column_{name}"))
                for name in ("closed_rate", "on_time_rate", "dissatisfied_rate")
            ),
        )
        trend = self._report.trend
        shown = tuple(dropwhile(lambda entry: not entry[1].opened, trend[1:]))
        rows = [
            self._trend_row(month, counts, before)
            for (_, before), (month, counts) in pairwise(trend[-len(shown) - 1 :])
            if shown
        ]
        bars = [Bar(self._short(month), float(one.total), str(one.total)) for month, one in shown]
        return Section(self._say("trend"), Table(columns, tuple(rows)), self._bars("trend", bars))

    def _trend_row(self, month: Month, counts: Counts, before: Counts) -> tuple[Cell, ...]:
        decimals = self._rules.decimals
        return (
            self._month(month),
            counts.total,
            self._change(counts.total, before.total),
            self._rate(Rate(counts.closed, counts.total, decimals.closed)),
            self._rate(Rate(counts.on_time, counts.total, decimals.closed_on_time)),
            self._dissatisfied(counts),
        )

    def _hot_spots(self) -> Section:
        rule, months = self._rules.hot_spot, self._rules.hot_spot_months
        stated = self._say("hot_rule", at_least=rule.at_least, times=str(rule.times), months=months)
        if self._report.hot_spots is None:
            return Section(self._say("hot_spots"), notes=(self._say("hot_too_short", months=months), stated))
        found = [
            self._say(
                "hot_spot",
                town=self._name("town", cell.town),
                matter=self._name("matter", cell.category),
                count=rise.count,
                mean=str(rise.mean),
                months=months,
            )
            for cell, rise in self._report.hot_spots
        ]
        return Section(self._say("hot_spots"), notes=(*(found or [self._say("no_hot_spot")]), stated))

    def _season(self) -> Section:
        rule = self._rules.season
        coming = self._month(self._report.month.plus(1))
        stated = self._say("season_rule", at_least=rule.at_least, times=str(rule.times))
        if self._report.foretold is None:
            return Section(self._say("season"), notes=(self._say("season_too_short"), stated))
        found = [
            self._say(
                "foretold",
                coming=coming,
                matter=self._name("matter", one.category),
                count=one.rise.count,
                mean=str(one.rise.mean),
            )
            for one in self._report.foretold
        ]
        return Section(self._say("season"), notes=(*(found or [self._say("none_foretold")]), stated))

    def _channels(self) -> Section:
        columns = (
            Column(self._say("column_channel"), is_number=False),
            *(Column(self._say(f"column_{name}")) for name in ("requests", "at_once", "tickets")),
        )
        channels = self._report.channels
        rows = [
            (self._office.texts.get(f"console.channel_{slug}"), opened + answered, answered, opened)
            for slug, (opened, answered) in channels.items()
        ]
        opened, answered = (sum(pair[place] for pair in channels.values()) for place in (0, 1))
        total = (self._say("all"), opened + answered, answered, opened)
        note = self._say("channels_note")
        return Section(self._say("channels"), Table(columns, tuple(rows), total), notes=(note,))

    def _definitions(self) -> Section:
        notes = (
            self._say("definition", name=one.name, text=one.text, source=one.source)
            for one in self._rules.definitions
        )
        return Section(self._say("definitions"), notes=tuple(notes))

    def _raw(self, rows: Iterable[RawRow]) -> Section:
        names = ("unit", "line", "opened_on", "outcome", "is_dissatisfied")
        columns = tuple(Column(self._say(f"column_{name}"), is_number=False) for name in names)
        cells = tuple(
            (
                self._unit(one.unit),
                self._say(f"line_{one.line}"),
                one.opened_on.isoformat(),
                self._say(f"column_{one.outcome}"),
                self._say("yes") if one.is_dissatisfied else "",
            )
            for one in rows
        )
        return Section(self._say("raw"), Table(columns, cells), notes=(self._say("raw_note"),))

    def _bars(self, title: str, bars: Sequence[Bar]) -> Bars | None:
        if not bars:
            return None
        told = self._say("bar_join").join(self._say("bar", label=one.label, value=one.words) for one in bars)
        heading = self._say(f"chart_{title}")
        return Bars(heading, tuple(bars), self._say("bar_words", title=heading, told=told))

    def _balance(self, total: Counts) -> str:
        return self._say(
            "balance",
            opened=total.opened,
            total=total.total,
            found=total.found.total,
            merged=total.merged,
            refused=total.refused,
            withdrawn=total.withdrawn,
        )

    def _in_order(self, towns: Sequence[Compared]) -> list[Compared]:
        order = {slug: place for place, slug in enumerate(self._town_order())}
        return sorted(towns, key=lambda one: order.get(one.slug, len(order)))

    def _town_order(self) -> list[str]:
        catalogue = self._office.catalogue
        towns = (catalogue.unit(slug).town for slug in catalogue.units())
        return list(dict.fromkeys(town for town in towns if town is not None))

    def _name(self, subject: str, slug: str) -> str:
        if subject == "matter":
            return self._office.texts.get(f"category.{slug}")
        return self._office.gazetteer.name(town=slug or None) or self._say("no_town")

    def _unit(self, slug: str) -> str:
        known = self._office.knows_unit(slug)
        return self._office.catalogue.name(slug) if known else self._say("former_unit", slug=slug)

    def _rate(self, rate: Rate) -> str:
        if rate.percent is None:
            return self._say("no_rate")
        return self._say("rate", percent=str(rate.percent), part=rate.part, whole=rate.whole)

    def _change(self, now: int, before: int) -> str:
        found = change(now, before)
        if found is None:
            return self._say("no_rate")
        sign = "+" if found > Decimal(0) else ""
        return f"{sign}{found}%"

    def _month(self, month: Month) -> str:
        return self._say("month", year=month.year, month=month.month)

    def _short(self, month: Month) -> str:
        return self._say("short_month", month=month.month)

    def _say(self, key: str, **params: str | int) -> str:
        return self._office.texts.get(f"month.{key}", **params)
