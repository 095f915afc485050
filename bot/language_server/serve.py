"""Rasa's own command line without what took the language server most of its time, by a profile.

- After every action it checks the schema of an action's answer, which never changes, against the schema of
  schemas, and only then the answer: 40 of 100 samples.
- For every message it plans anew in which order the parts of the model are called, which never changes, with
  a scheduler made for clusters: 11 of 100.
- For every message it builds an empty domain, to compare, before it may warn of unknown names: 3 of 100; the
  tests look for unknown names.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match
from rasa.__main__ import main
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


@cache
def _answer_schema() -> Any:
    """A validator of what an action may answer; the schema never changes, so it is checked once."""
    schema = RemoteAction.action_response_format_spec()
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _validate_action_result(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """As Rasa's own, which raises the same error."""
    fault = best_match(_answer_schema().iter_errors(result))
    if fault is not None:
        raise fault
    return True


def _run(
    runner: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """As the runner's own: the outputs of ``targets`` by name."""
    wanted = tuple(targets or runner._graph_schema.target_names)  # noqa: SLF001  # no other way in
    outputs: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    # Kept with the runner: with a model that was replaced its plans go too.
    plans = vars(runner).setdefault("_plans", {})
    if wanted not in plans:
        plans[wanted] = _steps(runner, wanted)
    try:
        for name, node, needs in plans[wanted]:
            # What nobody provides is given by its name, and the node says so.
            outputs[name] = node(*(outputs.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return {name: outputs[name][1] for name in wanted}


def _steps(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> list[tuple[str, Any, tuple[str, ...]]]:
    """Each part of the model that ``wanted`` needs, after those that it needs itself."""
    nodes = runner._graph_schema.minimal_graph_schema(list(wanted)).nodes  # noqa: SLF001
    ordered: dict[str, tuple[str, Any, tuple[str, ...]]] = {}

    def put(name: str) -> None:
        if name in ordered or name not in nodes:
            return
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            put(need)
        ordered[name] = (name, runner._instantiated_nodes[name], needs)  # noqa: SLF001

    for name in wanted:
        put(name)
    return list(ordered.values())


def _warn_of_nothing(_processor: MessageProcessor, _parse: dict[str, Any]) -> None:
    """Instead of comparing whole domains for a warning that nobody reads."""


def _by_name(argument: str) -> str:
    """A link to a model as the model itself: ``/status`` tells the name."""
    path = Path(argument)
    return str(path.resolve()) if path.is_symlink() else argument


if __name__ == "__main__":
    sys.argv[1:] = [_by_name(argument) for argument in sys.argv[1:]]
    DaskGraphRunner.run = _run
    MessageProcessor._check_for_unseen_features = _warn_of_nothing  # noqa: SLF001
    RemoteAction._validate_action_result = _validate_action_result  # noqa: SLF001  # no other way in
    main()
