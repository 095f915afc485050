"""Training runs in every state, without training."""

from bot.model_files import models_folder
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Actor
from ticketing.domain.training import Comparison, HeldOut, Verdict, compared
from ticketing.services.workshop import Order, Outcome

SHIPPED = "hotline-0123456789ab.tar.gz"
ASKED = HeldOut("低保怎么申请", "dibao", is_at_risk=False)
IN_DANGER = HeldOut("我站在楼顶，不想活了", "self_harm", is_at_risk=True)
MISSED = Verdict("unclear", is_raised=False)
FOUND = Verdict("self_harm", is_raised=True)
UNDERSTOOD = Verdict("dibao", is_raised=False)

#: A question more is understood.
BETTER = compared([ASKED, IN_DANGER], [MISSED, FOUND], [UNDERSTOOD, FOUND], omitted=1)
#: One less, and everybody at risk is found.
WORSE = compared([ASKED, IN_DANGER], [UNDERSTOOD, FOUND], [MISSED, FOUND])
#: Somebody at risk is not found any more, though a question more is understood.
DANGEROUS = compared([ASKED, IN_DANGER], [MISSED, FOUND], [UNDERSTOOD, MISSED])


def a_house_that_trains(runtime: Runtime, shipped: str = SHIPPED) -> None:
    """As if a scheduler had looked."""
    runtime.workshop.look(shipped=shipped, serving=shipped)


def a_running_one(runtime: Runtime, actor: Actor, shipped: str = SHIPPED) -> Order:
    """Asked for and begun."""
    a_house_that_trains(runtime, shipped)
    runtime.model_desk.start(actor)
    order = runtime.workshop.take_order(shipped)
    assert order is not None
    return order


def a_scored_one(
    runtime: Runtime, actor: Actor, comparison: Comparison = BETTER, shipped: str = SHIPPED
) -> Order:
    """Measured; its model lies on disk."""
    order = a_running_one(runtime, actor, shipped)
    outcome = Outcome(
        comparison=comparison, examples_used=12, examples_left_out=1, train_seconds=90, log_tail="trained"
    )
    assert runtime.workshop.finish(order.run_id, outcome)
    folder = models_folder(runtime.settings.home)
    folder.mkdir(exist_ok=True)
    (folder / order.model).write_bytes(b"a model")
    return order


def a_published_one(runtime: Runtime, actor: Actor, shipped: str = SHIPPED) -> Order:
    """In service."""
    order = a_scored_one(runtime, actor, shipped=shipped)
    runtime.model_desk.publish(actor, order.run_id, has_seen_drops=False)
    return order
