"""A system too large to hold whole is solved as a small one is; in the language server's environment."""

import json
import subprocess

import pytest

from bot.training import PYTHON, ROOT, language_environment

#: Solves a system of so many equations in blocks of eight rows; prints how far it is from NumPy's solution.
_PROGRAM = """
import sys
import numpy as np
from bot.nlu import triangle
triangle._BLOCK, triangle._FILLED_AT_ONCE = 8, 3
size = int(sys.argv[1])
chance = np.random.RandomState(0)
vectors = chance.randn(size, 5).astype(np.float32)
whole = vectors @ vectors.T
wanted = chance.randn(size, 2).astype(np.float32)
half = triangle.Triangle(size, lambda start, stop, end: whole[start:stop, :end], diagonal=0.5)
print(np.abs(half.solved(wanted) - np.linalg.solve(whole + 0.5 * np.eye(size), wanted)).max())
"""


@pytest.mark.parametrize("size", [1, 7, 8, 9, 40, 43])
def test_it_is_solved_wherever_the_borders_of_blocks_fall(size: int) -> None:
    command = (str(PYTHON), "-c", _PROGRAM, str(size))
    # Our own program with our own arguments; no shell.
    done = subprocess.run(
        command, cwd=ROOT, env=dict(language_environment()), capture_output=True, check=True
    )
    assert json.loads(done.stdout) < 1e-4
