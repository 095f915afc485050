"""The ladder at night: somebody awake has a child's ticket before the promised hour is over."""

from datetime import UTC, datetime, timedelta

from tests.factories import FakeClock, a_member, a_risk_arrival
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role

#: A Saturday, three in the morning in Beijing.
ASLEEP = datetime(2026, 11, 27, 19, tzinfo=UTC)


def test_a_childs_ticket_nobody_hears_at_night_is_at_the_hotline_within_the_promised_hour(
    runtime: Runtime, clock: FakeClock
) -> None:
    clock.at = ASLEEP
    operator = a_member(runtime, role=Role.OPERATOR, unit="city-hotline", name="小李")
    receipt = runtime.intake.receive(a_risk_arrival("孩子被打，在津北村"))
    assert receipt.ticket is not None
    number = receipt.ticket.number
    promised = runtime.tickets.get(operator, number).ticket.accept_by_at
    assert promised == ASLEEP + timedelta(hours=1)

    units = []
    for _ in range(3):
        clock.advance(timedelta(minutes=15))
        runtime.deadlines.sweep()
        units.append(runtime.tickets.get(operator, number).ticket.unit)

    assert units == ["town-xijin", "city-minors", "city-hotline"]
    assert clock.now() == promised - timedelta(minutes=15)
    assert runtime.tickets.claim(operator, number).assignee_name == "小李"
