"""Money: what a call can cost at most, and a cap that is never passed.

Before each call the most that it can cost is reserved; afterwards what it did cost is booked
instead. What was spent and what is reserved are together never above the cap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from mlpdm_kit.case.inputs import Input
from mlpdm_kit.case.option import Tokens

Message = dict[str, str]
OVERHEAD = 64  # tokens that a provider may put around each message, and once around all


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Money per token read and written: as is likely, and at the upper end of the case's range.

    Examples
    --------
    >>> prices = Prices(read=1e-6, wrote=2e-6, read_most=2e-6, wrote_most=4e-6)
    >>> f"{prices.cost(1000, 100):.4f}"
    '0.0012'
    >>> prices.most([{"role": "user", "content": "はい"}], 10) >= prices.cost(2, 10)
    True
    """

    read: float
    wrote: float
    read_most: float
    wrote_most: float

    @classmethod
    def of(cls, tokens: Tokens) -> Prices:
        """The prices that a case states."""
        return cls(read=_likely(tokens.input), wrote=_likely(tokens.output),
                   read_most=tokens.input.high, wrote_most=tokens.output.high)  # fmt: skip

    def cost(self, read: int, wrote: int) -> float:
        """What so many tokens are likely to cost."""
        return self.read * read + self.wrote * wrote

    def cost_most(self, read: int, wrote: int) -> float:
        """What so many tokens can cost at most."""
        return self.read_most * read + self.wrote_most * wrote

    def most(self, messages: Sequence[Message], max_tokens: int) -> float:
        """What a call can cost at most: a token is at least one byte of UTF-8."""
        size = OVERHEAD + sum(OVERHEAD + len(m["content"].encode()) for m in messages)
        return self.cost_most(size, max_tokens)


def _likely(item: Input) -> float:
    return item.middle if item.middle is not None else (item.low + item.high) / 2


class Ledger:
    """What was spent and what is reserved, under a cap if there is one."""

    def __init__(self, cap: float | None = None) -> None:
        self.cap = cap
        self.spent = 0.0
        self._open: dict[object, float] = {}
        self._changed = asyncio.Event()

    @property
    def reserved(self) -> float:
        """What the calls under way can cost at most."""
        return sum(self._open.values())

    async def reserve(self, most: float) -> object | None:
        """A reservation; None where it can't be made even when all under way is booked."""
        while self.cap is not None and self.spent + self.reserved + most > self.cap:
            if not self._open:
                return None
            await self._changed.wait()
        token = object()
        self._open[token] = most
        return token

    def book(self, token: object, cost: float) -> None:
        """Put what a call did cost in place of its reservation."""
        del self._open[token]
        self.spent += cost
        self._changed.set()
        self._changed = asyncio.Event()
