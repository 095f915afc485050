"""``make eval``: measure, and write docs/nlu.md with its pictures."""

import argparse
import os
import sys

from bot.training import ROOT
from tests.evaluation import outside
from tests.evaluation.comparison import compare
from tests.evaluation.data import load
from tests.evaluation.laboratory import OURS, Laboratory
from tests.evaluation.measures import Reading
from tests.evaluation.report import Subject, write
from ticketing.settings import Installation


def main() -> None:
    """Train what is not kept, read everything, write the report."""
    arguments = _parser().parse_args()
    # Whoever shares the machine comes first.
    os.nice(10)
    laboratory = Laboratory(Installation.from_env().home / "evaluation")
    data = load()
    ours = Reading(laboratory, laboratory.trained(OURS, data.train))
    shipped = Reading(laboratory, laboratory.trained(OURS, [*data.train, *data.dev, *data.test]))
    real = outside.load(outside.folder())
    comparison = compare(laboratory, data, real) if arguments.baseline else None
    subject = Subject(data=data, ours=ours, shipped=shipped, comparison=comparison, outside=real)
    write(subject, ROOT / "docs")
    sys.stdout.write("docs/nlu.md is written\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make eval", description="Measure how well messages are understood."
    )
    parser.add_argument(
        "--no-baseline",
        dest="baseline",
        action="store_false",
        help="leave out stock Rasa, whose training takes many times as long",
    )
    return parser


if __name__ == "__main__":
    main()
