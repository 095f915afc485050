"""Runs and models as decided by people: one at a time, the gate, going back, and what a crash leaves."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from psycopg import connect
from psycopg.errors import CheckViolation

from tests.factories import FakeClock, a_member
from tests.integration.console_desk import CITY
from tests.training_runs import (
    DANGEROUS,
    SHIPPED,
    WORSE,
    a_house_that_trains,
    a_published_one,
    a_running_one,
    a_scored_one,
)
from ticketing.bootstrap import Runtime
from ticketing.domain.errors import NotPermitted, TicketingError
from ticketing.domain.staff import Actor, Role
from ticketing.domain.training import Phase, RunState
from ticketing.domain.training_errors import (
    ComparisonOutdated,
    DropsNotSeen,
    FewerRaised,
    ModelsElsewhere,
    NotInService,
    RunNotFound,
    RunNotReady,
    RunUnderWay,
)
from ticketing.services.workshop import BEGUN_WITHIN, PUBLISHED_KEPT, SILENT_AFTER

UPGRADED = "hotline-ba9876543210.tar.gz"


@pytest.fixture
def supervisor(runtime: Runtime) -> Actor:
    return a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")


def state_of(runtime: Runtime, actor: Actor, run_id: int) -> RunState:
    return runtime.model_desk.run(actor, run_id).state


def both_at_once(*deeds: object) -> list[str]:
    """What two people who press at the same moment are told; empty for who succeeded."""
    told: list[str] = []
    gate = Barrier(len(deeds))

    def press(deed: object) -> None:
        gate.wait()
        try:
            assert callable(deed)
            deed()
        except TicketingError as fault:
            told.append(fault.code)
        else:
            told.append("")

    threads = [Thread(target=press, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_only_who_may_trains_publishes_or_looks_and_only_at_runs_there_are(
    runtime: Runtime, supervisor: Actor
) -> None:
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    a_house_that_trains(runtime)

    for deed in (
        lambda: runtime.model_desk.now(operator),
        lambda: runtime.model_desk.run(operator, 1),
        lambda: runtime.model_desk.start(operator),
        lambda: runtime.model_desk.publish(operator, 1, has_seen_drops=True),
        lambda: runtime.model_desk.take_back(operator, 1),
        lambda: runtime.model_desk.fallback(operator),
    ):
        with pytest.raises(NotPermitted):
            deed()
    for deed in (
        lambda: runtime.model_desk.run(supervisor, 77),
        lambda: runtime.model_desk.publish(supervisor, 77, has_seen_drops=True),
        lambda: runtime.model_desk.take_back(supervisor, 77),
    ):
        with pytest.raises(RunNotFound):
            deed()


def test_of_two_people_who_start_at_once_where_models_are_trained_one_is_told_that_it_is_under_way(
    runtime: Runtime, supervisor: Actor
) -> None:
    with pytest.raises(ModelsElsewhere):
        runtime.model_desk.start(supervisor)
    a_house_that_trains(runtime)

    told = both_at_once(*[lambda: runtime.model_desk.start(supervisor)] * 2)

    assert told == ["", RunUnderWay.code]
    assert len(runtime.model_desk.now(supervisor).runs) == 1


def test_a_run_is_seen_to_go_on_until_its_measures_are_there(runtime: Runtime, supervisor: Actor) -> None:
    order = a_running_one(runtime, supervisor)

    assert runtime.workshop.take_order(SHIPPED) is None
    assert runtime.workshop.beat(order.run_id, Phase.TRAINING, 40)

    under_way = runtime.model_desk.now(supervisor).under_way
    assert under_way is not None
    assert (under_way.phase, under_way.percent, under_way.asked_by) == (Phase.TRAINING, 40, "郑主管")
    with pytest.raises(RunNotReady):
        runtime.model_desk.publish(supervisor, order.run_id, has_seen_drops=True)


def test_a_run_that_fell_silent_or_never_began_is_given_up_and_can_neither_go_on_nor_end(
    runtime: Runtime, supervisor: Actor, clock: FakeClock
) -> None:
    order = a_running_one(runtime, supervisor)
    clock.advance(SILENT_AFTER + timedelta(seconds=1))

    a_house_that_trains(runtime)

    given_up = runtime.model_desk.run(supervisor, order.run_id)
    assert (given_up.state, given_up.fault) == (RunState.FAILED, "interrupted")
    assert not runtime.workshop.beat(order.run_id, Phase.SCORING, 80)
    run_id = runtime.model_desk.start(supervisor)
    clock.advance(BEGUN_WITHIN + timedelta(seconds=1))
    a_house_that_trains(runtime)
    assert runtime.model_desk.run(supervisor, run_id).fault == "not_begun"
    a_scored_one(runtime, supervisor)


def test_published_it_answers_and_taken_back_the_one_before_does(
    runtime: Runtime, supervisor: Actor, clock: FakeClock
) -> None:
    first = a_published_one(runtime, supervisor)
    clock.advance(timedelta(days=1))
    second = a_published_one(runtime, supervisor)

    assert second.compared_with == first.model
    assert runtime.model_desk.now(supervisor).wanted == second.model
    assert runtime.model_desk.fallback(supervisor) == first.model
    with pytest.raises(NotInService):
        runtime.model_desk.take_back(supervisor, first.run_id)

    runtime.model_desk.take_back(supervisor, second.run_id)

    assert runtime.workshop.look(shipped=SHIPPED, serving="").model == first.model
    assert state_of(runtime, supervisor, second.run_id) is RunState.ROLLED_BACK
    runtime.model_desk.take_back(supervisor, first.run_id)
    assert runtime.model_desk.now(supervisor).wanted == SHIPPED


def test_whoever_finds_fewer_people_at_risk_is_never_published(runtime: Runtime, supervisor: Actor) -> None:
    order = a_scored_one(runtime, supervisor, DANGEROUS)

    with pytest.raises(FewerRaised) as refused:
        runtime.model_desk.publish(supervisor, order.run_id, has_seen_drops=True)

    assert refused.value.params == {"before": 1, "after": 0}
    publish = "UPDATE training_runs SET state = 'published', published_by = asked_by, published_at = now()"
    with (
        connect(runtime.settings.database_url.replace("+psycopg", "")) as database,
        pytest.raises(CheckViolation),
    ):
        database.execute(publish)
    assert runtime.model_desk.now(supervisor).wanted == SHIPPED


def test_what_got_worse_must_have_been_seen_and_of_two_people_who_decide_at_once_one_is_told_so(
    runtime: Runtime, supervisor: Actor
) -> None:
    order = a_scored_one(runtime, supervisor, WORSE)

    def publish() -> None:
        runtime.model_desk.publish(supervisor, order.run_id, has_seen_drops=True)

    def take_back() -> None:
        runtime.model_desk.take_back(supervisor, order.run_id)

    with pytest.raises(DropsNotSeen):
        runtime.model_desk.publish(supervisor, order.run_id, has_seen_drops=False)
    assert both_at_once(publish, publish) == ["", RunNotReady.code]
    assert runtime.model_desk.now(supervisor).wanted == order.model
    assert both_at_once(take_back, take_back) == ["", NotInService.code]


def test_measures_against_a_model_that_was_replaced_do_not_count(runtime: Runtime, supervisor: Actor) -> None:
    slow = a_scored_one(runtime, supervisor)
    quick = a_published_one(runtime, supervisor)

    with pytest.raises(ComparisonOutdated):
        runtime.model_desk.publish(supervisor, slow.run_id, has_seen_drops=True)
    assert runtime.model_desk.now(supervisor).wanted == quick.model


def test_after_an_upgrade_what_is_shipped_answers_until_something_is_published_again(
    runtime: Runtime, supervisor: Actor
) -> None:
    before = a_published_one(runtime, supervisor)
    waiting = a_scored_one(runtime, supervisor)

    wanted = runtime.workshop.look(shipped=UPGRADED, serving=UPGRADED)

    assert wanted.model == UPGRADED
    assert before.model in wanted.kept, "going back to the version before must find it"
    outlived = runtime.model_desk.now(supervisor).outlived
    assert outlived is not None
    assert outlived.id == before.run_id
    with pytest.raises(ComparisonOutdated):
        runtime.model_desk.publish(supervisor, waiting.run_id, has_seen_drops=True)
    after = a_published_one(runtime, supervisor, shipped=UPGRADED)
    assert runtime.model_desk.now(supervisor).wanted == after.model
    assert runtime.model_desk.now(supervisor).outlived is None


def test_the_last_published_models_are_kept_and_older_ones_are_not_gone_back_to(
    runtime: Runtime, supervisor: Actor, clock: FakeClock
) -> None:
    orders = []
    for _ in range(PUBLISHED_KEPT + 1):
        orders.append(a_published_one(runtime, supervisor))
        clock.advance(timedelta(days=1))

    wanted = runtime.workshop.look(shipped=SHIPPED, serving="")

    assert wanted.kept == {order.model for order in orders[1:]}
    for order in reversed(orders[1:]):
        runtime.model_desk.take_back(supervisor, order.run_id)
    assert runtime.model_desk.now(supervisor).wanted == SHIPPED


def test_a_model_that_cannot_be_loaded_or_is_lost_gives_way_to_the_one_before(
    runtime: Runtime, supervisor: Actor, clock: FakeClock
) -> None:
    first = a_published_one(runtime, supervisor)
    clock.advance(timedelta(days=1))
    broken = a_published_one(runtime, supervisor)

    runtime.workshop.cannot_load(broken.model)

    assert runtime.model_desk.run(supervisor, broken.run_id).fault == "does_not_load"
    assert runtime.model_desk.now(supervisor).wanted == first.model
    runtime.workshop.lost(first.model)
    assert runtime.model_desk.now(supervisor).wanted == SHIPPED
