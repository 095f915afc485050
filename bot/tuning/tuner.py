"""The learning itself: vectors of one intent draw near, others part, and none goes far from where it was."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from bot.tuning.lessons import NO_ANSWER, Batch, Lessons
from bot.tuning.network import Network

ROUNDS = 3
_RATE = 8e-4
_RATE_OF_ANSWERS = 2e-3
_DECAY = 0.01
#: Share of the steps in which the rate grows; then it falls to nothing.
_WARMING_UP = 0.06
_STEEPEST = 1.0
#: Sharpness of the likeness of a vector and an intent; share of certainty that is not asked for.
_SHARPNESS = 20.0
_UNCERTAIN = 0.05
#: What the aspect, the grade and staying near weigh beside the intent.
_ASPECT, _GRADE, _NEAR = 0.5, 0.3, 0.3
#: Parts of unit vectors are small numbers for a linear answer.
_SPREAD = 4.0


class Tuner:
    """A network, what it is to learn, and where its vectors were before."""

    def __init__(self, network: Network, lessons: Lessons) -> None:
        """Read all texts once, as the network is."""
        torch.manual_seed(1)
        self._network = network
        self._lessons = lessons
        before = torch.zeros(len(lessons), network.places.shape[1])
        network.eval()
        with torch.no_grad():
            for batch in tqdm(lessons.as_written(), "reading", total=lessons.batches):
                before[batch.places] = network(batch.pieces)
        # These vectors all point one way; what tells them apart is how they differ from their mean.
        self._mean = before.mean(dim=0)
        self._before = functional.normalize(before - self._mean, dim=1)
        self._heads = _Heads(self._before, lessons)

    def learn(self) -> None:
        """All rounds, with a bar."""
        steps = ROUNDS * self._lessons.batches
        learning = [one for one in self._network.parameters() if one.requires_grad]
        groups: list[dict[str, Any]] = [
            {"params": learning, "lr": _RATE},
            {"params": list(self._heads.parameters()), "lr": _RATE_OF_ANSWERS},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY)

        def rate(step: int) -> float:
            return min((step + 1) / (_WARMING_UP * steps), 1) * (1 - step / steps)

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
        self._network.train()
        bar = tqdm(total=steps, desc="learning")
        for _ in range(ROUNDS):
            for batch in self._lessons.shuffled():
                loss = self._loss(batch)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch is not known to mypy here
                nn.utils.clip_grad_norm_(learning, _STEEPEST)
                optimizer.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.2f}", refresh=False)

    def _loss(self, batch: Batch) -> Tensor:
        seen = functional.normalize(self._network(batch.pieces) - self._mean, dim=1)
        moved = 1 - (seen * self._before[batch.places]).sum(dim=1)
        return torch.as_tensor(self._heads.loss(seen, batch.places) + _NEAR * moved.mean())


class _Heads(nn.Module):
    """What answers from vectors while the network learns; thrown away afterwards."""

    def __init__(self, vectors: Tensor, lessons: Lessons) -> None:
        super().__init__()
        self._lessons = lessons
        means = [vectors[lessons.intent == number].mean(dim=0) for number in range(len(lessons.intents))]
        self.intent = nn.Parameter(functional.normalize(torch.stack(means), dim=1))
        self.aspect = _silent(vectors.shape[1], len(lessons.aspects))
        self.grade = _silent(vectors.shape[1], len(lessons.grades))

    def loss(self, seen: Tensor, places: Tensor) -> Tensor:
        """How far the answers are from those wanted."""
        alike = _SHARPNESS * seen @ functional.normalize(self.intent, dim=1).T
        wanted = self._lessons.intent[places]
        loss = functional.cross_entropy(alike, wanted, label_smoothing=_UNCERTAIN)
        loss = loss + _ASPECT * _of_those_asked(self.aspect(seen * _SPREAD), self._lessons.aspect[places])
        return loss + _GRADE * _of_those_asked(self.grade(seen * _SPREAD), self._lessons.grade[places])


def _silent(width: int, answers: int) -> nn.Linear:
    layer = nn.Linear(width, answers)
    nn.init.zeros_(layer.weight)
    return layer


def _of_those_asked(given: Tensor, wanted: Tensor) -> Tensor:
    asked = wanted != NO_ANSWER
    return functional.cross_entropy(given[asked], wanted[asked]) if asked.any() else given.sum() * 0
