"""Pages of the language model: for whom, what they refuse, and that they tell how far a run is."""

from http import HTTPStatus

from tests.factories import a_member
from tests.integration.console_desk import CITY, desk_of, post
from tests.training_runs import (
    DANGEROUS,
    SHIPPED,
    a_house_that_trains,
    a_running_one,
    a_scored_one,
)
from ticketing.bootstrap import Runtime
from ticketing.domain.staff import Role
from ticketing.domain.training import Phase


def test_the_pages_are_for_supervisors_and_administrators(runtime: Runtime) -> None:
    order = a_scored_one(runtime, a_member(runtime, role=Role.SUPERVISOR, unit=CITY))
    operator = desk_of(runtime, a_member(runtime, role=Role.OPERATOR, unit=CITY))
    admin = desk_of(runtime, a_member(runtime, role=Role.ADMIN, unit=CITY))

    for page in ("/models", "/models/progress", f"/models/runs/{order.run_id}"):
        assert operator.get(f"/console{page}").status_code == HTTPStatus.FORBIDDEN
        assert admin.get(f"/console{page}").status_code == HTTPStatus.OK
    for deed in ("start", f"runs/{order.run_id}/publish", f"runs/{order.run_id}/back"):
        assert post(operator, f"/models/{deed}", seen_drops="yes").status_code == HTTPStatus.FORBIDDEN
    assert admin.get("/console/models/runs/99999999999999999999").status_code == HTTPStatus.NOT_FOUND


def test_a_run_under_way_is_told_with_and_without_a_script(runtime: Runtime) -> None:
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    desk = desk_of(runtime, supervisor)
    a_house_that_trains(runtime)
    assert "hx-get" not in desk.get("/console/models").text
    order = a_running_one(runtime, supervisor)
    runtime.workshop.beat(order.run_id, Phase.SCORING, 80)

    page = desk.get("/console/models").text

    assert 'value="80"' in page
    assert "考题对比新旧两个模型" in page
    assert 'hx-get="/console/models/progress"' in page
    assert "<noscript>" in page
    second = post(desk, "/models/start")
    assert second.status_code == HTTPStatus.CONFLICT
    assert "已经有一次训练在进行" in second.text


def test_a_model_that_finds_fewer_people_is_refused_also_by_address(runtime: Runtime) -> None:
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    order = a_scored_one(runtime, supervisor, DANGEROUS)

    refused = post(desk_of(runtime, supervisor), f"/models/runs/{order.run_id}/publish", seen_drops="yes")

    assert refused.status_code == HTTPStatus.CONFLICT
    assert "原来 1 条，现在 0 条" in refused.text
    assert runtime.model_desk.now(supervisor).wanted == SHIPPED
