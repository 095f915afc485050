"""Regressions by steps end where a direct solution does; in the language server's environment."""

import subprocess

import pytest

from bot.training import PYTHON, ROOT, language_environment

#: Two systems on so many examples, the second of every other one, in blocks of eight rows and with five
#: landmarks; prints how far the weights are from NumPy's.
_PROGRAM = """
import sys
import numpy as np
from bot.nlu import descent, triangle
triangle._BLOCK, triangle._FILLED_AT_ONCE = 8, 3
descent._LANDMARKS, descent._LEFT_OVER = 5, 1e-6
size = int(sys.argv[1])
chance = np.random.RandomState(0)
vectors = chance.randn(size, 5).astype(np.float32)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
whole = np.exp(vectors @ vectors.T - 1)
wanted = chance.randn(size, 2).astype(np.float32)
half = triangle.Triangle(size, lambda start, stop, end: whole[start:stop, :end])
places = [np.arange(size), np.arange(0, size, 2)]
systems = [descent.System(some, wanted[some]) for some in places]
for some, found in zip(places, descent.solved(half, systems, 0.5)):
    right = np.linalg.solve(whole[np.ix_(some, some)] + 0.5 * np.eye(len(some)), wanted[some])
    print(np.abs(found - right).max())
"""


@pytest.mark.parametrize("size", [1, 7, 8, 9, 40, 43])
def test_each_system_is_solved_wherever_the_borders_of_blocks_fall(size: int) -> None:
    command = (str(PYTHON), "-c", _PROGRAM, str(size))
    # Our own program with our own arguments; no shell.
    done = subprocess.run(
        command, cwd=ROOT, env=dict(language_environment()), capture_output=True, check=True
    )
    of_all, of_some = map(float, done.stdout.split())
    assert max(of_all, of_some) < 1e-4
