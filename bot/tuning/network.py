"""The network of ``bot.nlu.e5_network`` once more, as one that can learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.nlu.adapter import DOWN, UP, part
from bot.nlu.e5_weights import Weights, exact

#: Rank of what is added to each product; others were not tried.
_RANK = 16
#: What is added counts so much, that it may start small and still move.
_SCALE = 2.0
#: Share of what each product gives that is left out while learning.
_DROPPED = 0.1
_CLOSED = -1e4


class _Product(nn.Module):
    """Weights that stay, and two narrow matrices that learn."""

    def __init__(self, matrix: Any, shift: Any, *, learns: bool = True) -> None:
        super().__init__()
        self.register_buffer("matrix", torch.tensor(matrix))
        self.register_buffer("shift", torch.tensor(shift))
        self.learns = learns
        if learns:
            outputs, inputs = matrix.shape
            self.down = nn.Parameter(torch.randn(_RANK, inputs) / math.sqrt(inputs))
            self.up = nn.Parameter(torch.zeros(outputs, _RANK))

    def forward(self, seen: Tensor) -> Tensor:
        found = functional.linear(seen, self.matrix, self.shift)
        if self.learns:
            found = found + functional.linear(functional.linear(seen, self.down), self.up) * _SCALE
        return found


class _Norm(nn.Module):
    """What was before and a product, brought to one measure."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        self.register_buffer("factor", torch.tensor(weights.plain(f"{name}.w")))
        self.register_buffer("shift", torch.tensor(weights.plain(f"{name}.b")))
        self._epsilon = weights.sizes.epsilon

    def forward(self, before: Tensor, product: Tensor) -> Tensor:
        both = before + functional.dropout(product, _DROPPED, self.training)
        return functional.layer_norm(both, self.factor.shape, self.factor, self.shift, self._epsilon)


class _Layer(nn.Module):
    """Attention, then two products with a bend between."""

    def __init__(self, weights: Weights, at: str) -> None:
        super().__init__()
        sizes = weights.sizes
        self._heads = sizes.heads

        def product(names: Sequence[str], *, inputs: int = sizes.width, learns: bool = True) -> _Product:
            matrix = exact(np.concatenate([weights.blocks(f"{at}{name}.w", inputs) for name in names]))
            shift = np.concatenate([weights.plain(f"{at}{name}.b") for name in names])
            return _Product(matrix, shift, learns=learns)

        self.products = nn.ModuleDict(
            {
                "qkv": product(("q", "k", "v")),
                "ao": product(("ao",)),
                "fi": product(("fi",)),
                # Its weights are left in the package's four bits.
                "fo": product(("fo",), inputs=sizes.inner, learns=False),
            }
        )
        self.norms = nn.ModuleDict({name: _Norm(weights, f"{at}{name}") for name in ("aln", "oln")})

    def forward(self, seen: Tensor, mask: Tensor) -> Tensor:
        texts, pieces, width = seen.shape
        split = self.products["qkv"](seen).view(texts, pieces, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        told = functional.scaled_dot_product_attention(*split, attn_mask=mask)
        told = told.transpose(1, 2).reshape(texts, pieces, width)
        seen = self.norms["aln"](seen, self.products["ao"](told))
        bent = functional.gelu(self.products["fi"](seen))
        return torch.as_tensor(self.norms["oln"](seen, self.products["fo"](bent)))


class Network(nn.Module):
    """From numbers of pieces to unit vectors; the embedding of pieces stays as it is."""

    def __init__(self) -> None:
        """Load the package's weights."""
        super().__init__()
        weights = Weights()
        sizes = weights.sizes
        self.cut = weights.asked
        # Sixteen bits hold what four bits and a scale of sixteen can say.
        self.register_buffer("words", torch.tensor(exact(weights.blocks("emb.word", sizes.width))).half())
        places = weights.plain("emb.pos").reshape(-1, sizes.width) + weights.plain("emb.type")[: sizes.width]
        self.register_buffer("places", torch.tensor(places))
        self.norm = _Norm(weights, "emb.ln")
        self.layers = nn.ModuleList([_Layer(weights, f"l{number}.") for number in range(sizes.layers)])

    def forward(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """A unit vector for each text. Shape (texts, width), float32."""
        pieces, there = _filled_up(texts)
        placed = self.words[pieces].float() + self.places[: pieces.shape[1]]
        seen = self.norm.eval()(placed, torch.zeros(()))
        with torch.autocast("cpu", torch.bfloat16):
            mask = ((1 - there) * _CLOSED)[:, None, None, :].to(torch.bfloat16)
            for layer in self.layers:
                seen = layer(seen, mask)
        weighted = (seen.float() * there[..., None]).sum(dim=1)
        return functional.normalize(weighted / there.sum(dim=1, keepdim=True), dim=1)

    def changes(self) -> dict[str, Any]:
        """What was learned, as ``bot.nlu.adapter`` keeps it: two matrices for each product, float16."""
        found: dict[str, Any] = {}
        for number, layer in enumerate(self.layers):
            for name, product in layer.products.items():
                if product.learns:
                    node = f"l{number}.{name}"
                    found[part(node, UP)] = (product.up.detach() * _SCALE).numpy().astype(np.float16)
                    found[part(node, DOWN)] = product.down.detach().numpy().astype(np.float16)
        return found


def _filled_up(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, texts))
    pieces = torch.zeros(len(texts), longest, dtype=torch.long)
    there = torch.zeros(len(texts), longest)
    for row, text in enumerate(texts):
        pieces[row, : len(text)] = torch.tensor(text)
        there[row, : len(text)] = 1
    return pieces, there
