"""One question put to the endpoint, as often as it takes and the budget allows."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpdm_kit.case.ask import Ask
from mlpdm_kit.live.budget import Ledger, Message, Prices
from mlpdm_kit.live.endpoint import Endpoint
from mlpdm_kit.live.replies import Failure, Reply, refusal_of_status, reply_of

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

NEW_WORD = "max_completion_tokens"  # what some models want instead of max_tokens


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How patient a run is: times in seconds.

    One try may take ``timeout``; there are ``tries`` of each question, between them a wait
    that doubles from ``first_wait`` up to ``longest_wait``. A provider that asks to wait
    longer than ``patience`` ends the run, and so do ``in_a_row`` questions that fail for
    good one after the other. Calls under way when it is stopped get ``grace``.
    """

    timeout: float = 120.0
    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    patience: float = 120.0
    in_a_row: int = 10
    grace: float = 5.0


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A reply, and what it took: tries, the time of the last one, and the money if known."""

    reply: Reply
    attempts: int
    latency: float
    cost: float | None


class OutOfBudget(Exception):
    """The next call could cost more than what is left."""


class Caller:
    """Puts questions; one for a run, so that all wait when the provider asks for a break."""

    def __init__(
        self,
        client: AsyncOpenAI,
        endpoint: Endpoint,
        ask: Ask,
        *,
        ledger: Ledger,
        prices: Prices | None,
        limits: Limits,
        pause: Callable[[float], Awaitable[None]],
        rng: random.Random,
    ) -> None:
        self._client, self._endpoint, self._ask = client, endpoint, ask
        self._ledger, self._prices, self._limits = ledger, prices, limits
        self._pause, self._rng = pause, rng
        self._not_before = 0.0
        self._word = "max_tokens"

    def most(self, messages: tuple[Message, ...]) -> float:
        """What one call can cost at most; nothing where there are no prices."""
        return self._prices.most(messages, self._ask.max_tokens) if self._prices else 0.0

    async def put(self, messages: tuple[Message, ...]) -> Answered:
        """The answer to a question.

        Raises
        ------
        Failure
            It failed for good, after so many ``attempts``.
        OutOfBudget
            The budget does not bear another call.
        """
        lost = 0
        for attempt in range(1, self._limits.tries + 1):
            await self._pause(self._not_before - time.monotonic())
            try:
                reply, latency = await self._paid(messages)
            except Failure as failure:
                failure.detail = self._endpoint.scrub(failure.detail)
                failure.attempts = attempt
                lost += failure.lost
                if not failure.again or attempt == self._limits.tries:
                    raise
                await self._wait(failure, attempt)
            else:
                return Answered(reply=reply, attempts=attempt, latency=latency,
                                cost=self._cost(reply, 1 + lost))  # fmt: skip
        raise AssertionError("there is at least one try")

    def _cost(self, reply: Reply, times: int) -> float | None:
        """The likely price of an answer; one that got lost on its way cost as much."""
        if self._prices is None or reply.tokens_in is None or reply.tokens_out is None:
            return None
        return round(times * self._prices.cost(reply.tokens_in, reply.tokens_out), 12)

    async def _wait(self, failure: Failure, attempt: int) -> None:
        """Back off: longer each time and never all at once, and as long as is asked for."""
        limits = self._limits
        longest = min(limits.longest_wait, limits.first_wait * 2 ** (attempt - 1))
        wait = longest * self._rng.uniform(0.5, 1)
        if failure.wait is not None:
            if failure.wait > limits.patience:
                failure.stop = True
                raise failure
            wait = failure.wait + wait * 0.1
            self._not_before = max(self._not_before, time.monotonic() + failure.wait)
        await self._pause(wait)

    async def _paid(self, messages: tuple[Message, ...]) -> tuple[Reply, float]:
        """One try, under the cap: what it cost if that is known, else the most it can have."""
        most = self.most(messages)
        reservation = await self._ledger.reserve(most)
        if reservation is None:
            raise OutOfBudget
        billed = most
        try:
            begun = time.perf_counter()
            reply = await self._try(messages)
            if self._prices and reply.tokens_in is not None and reply.tokens_out is not None:
                billed = self._prices.cost_most(reply.tokens_in, reply.tokens_out)
            return reply, time.perf_counter() - begun
        except Failure as failure:
            billed = 0.0 if failure.free else most
            raise
        finally:
            self._ledger.book(reservation, billed)

    async def _try(self, messages: tuple[Message, ...]) -> Reply:
        import openai

        sent: Any = list(messages)
        body: dict[str, Any] = {self._word: self._ask.max_tokens}
        if self._ask.temperature is not None:
            body["temperature"] = self._ask.temperature
        try:
            async with asyncio.timeout(self._limits.timeout):
                raw = await self._client.chat.completions.with_raw_response.create(
                    model=self._endpoint.model, messages=sent, **body
                )
                text = raw.http_response.text
        except (TimeoutError, openai.APITimeoutError) as error:
            raise Failure("timeout", lost=True) from error
        except openai.APIStatusError as error:
            return self._of_status(error)
        except openai.APIConnectionError as error:
            unsent = type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout")
            said = str(error.__cause__ or error)
            raise Failure("connection", said, free=unsent, lost=not unsent) from None
        except openai.OpenAIError as error:
            raise Failure("client", str(error), again=False) from None
        return reply_of(text)

    def _of_status(self, error: APIStatusError) -> Reply:
        response = error.response
        found = refusal_of_status(error.status_code, error.body, response.headers)
        if isinstance(found, Reply):
            return found
        if error.status_code == 400 and NEW_WORD in found.detail and self._word != NEW_WORD:
            self._word, found.again = NEW_WORD, True
        raise found from None
