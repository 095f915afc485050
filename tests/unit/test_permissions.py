"""Who may do what: exactly the table, and nothing besides."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketing
from tests.factories import a_view
from ticketing import yaml_files
from ticketing.domain.errors import DataFault
from ticketing.domain.lifecycle import Move, Status
from ticketing.domain.permissions import (
    HOUSE_PERMISSIONS,
    PERMISSIONS,
    TICKET_PERMISSIONS,
    Permissions,
    Scope,
)
from ticketing.domain.staff import Actor, Role
from ticketing.domain.ticket import TicketView

FILE = Path(ticketing.__file__).parent / "data" / "permissions" / "permissions.yml"
TABLE: Mapping[str, Mapping[str, str]] = yaml_files.load(FILE)["permissions"]
UNITS = ("village-a", "village-b", "town-a", "town-b", "city")
PARENT = {"village-a": "town-a", "village-b": "town-b", "town-a": "city", "town-b": "city"}
TICKET = replace(a_view(unit="town-a"), status=Status.CLAIMED)


def covers(unit: str, other: str) -> bool:
    """Whether ``other`` is ``unit`` or under it, in the little city of this test."""
    return unit == other or (other in PARENT and covers(unit, PARENT[other]))


SHIPPED = Permissions.from_mapping({"permissions": TABLE}, covers=covers)


def told_by_data(actor: Actor, permission: str, ticket: TicketView | None) -> bool:
    """The table read a second time, by hand."""
    scope = TABLE[permission].get(actor.role.value)
    if ticket is None or scope in {None, "all"}:
        return scope == "all"
    reached = {
        "own": ticket.assignee_id == actor.id,
        "own_unit": ticket.unit == actor.unit,
        "shared": actor.unit in ticket.shared_with,
        "below": covers(actor.unit, ticket.unit),
        "below_or_shared": covers(actor.unit, ticket.unit) or actor.unit in ticket.shared_with,
    }
    return reached[str(scope)]


@given(
    role=st.sampled_from(list(Role)),
    permission=st.sampled_from(sorted(PERMISSIONS)),
    unit=st.sampled_from(UNITS),
    ticket=st.none()
    | st.builds(
        lambda unit, shared, owner: replace(TICKET, unit=unit, shared_with=shared, assignee_id=owner),
        st.sampled_from(UNITS),
        st.frozensets(st.sampled_from(UNITS), max_size=2),
        st.sampled_from([None, 1, 2]),
    ),
)
def test_every_role_may_do_exactly_what_the_data_say(
    role: Role, permission: str, unit: str, ticket: TicketView | None
) -> None:
    actor = Actor(id=1, name="王", role=role, unit=unit)

    assert SHIPPED.may(actor, permission, ticket) is told_by_data(actor, permission, ticket)


def test_a_narrower_scope_never_reaches_more_than_a_wider_one() -> None:
    for role, unit, owner in product(Role, UNITS, (None, 1)):
        actor = Actor(id=1, name="王", role=role, unit="town-a")
        ticket = replace(TICKET, unit=unit, assignee_id=owner)
        reached = [
            Permissions({("note", role): scope}, covers=covers).may(actor, "note", ticket)
            for scope in (Scope.OWN_UNIT, Scope.BELOW, Scope.ALL)
        ]

        assert reached == sorted(reached)


def test_nothing_is_allowed_by_an_empty_table() -> None:
    nothing = Permissions({})

    for role, permission in product(Role, PERMISSIONS):
        actor = Actor(id=1, name="王", role=role, unit="town-a")
        assert not nothing.may(actor, permission, replace(TICKET, assignee_id=1))
        assert not nothing.may_ever(actor, permission)


def test_an_unknown_permission_is_denied() -> None:
    for role in Role:
        assert not SHIPPED.may(Actor(id=1, name="王", role=role, unit="city"), "burn", TICKET)


def test_every_move_of_the_lifecycle_is_in_the_table() -> None:
    assert {move.value for move in Move} <= set(TABLE)


def test_nobody_of_staff_withdraws_and_an_admin_reads_no_ticket() -> None:
    for role in Role:
        assert SHIPPED.scope(role, "withdraw") is None
    for permission in TICKET_PERMISSIONS | {"view_all", "view_chats"}:
        assert SHIPPED.scope(Role.ADMIN, permission) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"burn": {"worker": "all"}}, id="unknown permission"),
        pytest.param({"note": {"janitor": "all"}}, id="unknown role"),
        pytest.param({"note": {"worker": "everywhere"}}, id="unknown scope"),
        pytest.param({"manage_staff": {"admin": "own"}}, id="house permission with a ticket's scope"),
    ],
)
def test_a_wrong_table_is_refused(change: dict[str, dict[str, str]]) -> None:
    with pytest.raises(DataFault):
        Permissions.from_mapping({"permissions": {**TABLE, **change}})


@pytest.mark.parametrize("missing", sorted(HOUSE_PERMISSIONS | {"claim"}))
def test_a_table_without_a_permission_is_refused(missing: str) -> None:
    rest = {name: roles for name, roles in TABLE.items() if name != missing}

    with pytest.raises(DataFault):
        Permissions.from_mapping({"permissions": rest})
