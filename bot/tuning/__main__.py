"""Teaches the encoder examples and writes what it learned: ``python -m bot.tuning ROWS ADAPTER``.

ROWS has a line of JSON for each example: text, intent, aspect, asks, grade or null; `make tune` writes it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import jieba
import numpy as np

from bot.tuning.lessons import Lessons, rows_in
from bot.tuning.network import Network
from bot.tuning.tuner import Tuner


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(prog="bot.tuning", description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("adapter", type=Path)
    told = parser.parse_args()
    jieba.initialize()
    rows = rows_in(told.rows)
    network = Network()
    Tuner(network, Lessons(rows, network)).learn()
    np.savez(told.adapter, **network.changes())


if __name__ == "__main__":
    main()
