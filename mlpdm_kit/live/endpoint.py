"""Where a model is: base URL and key out of the environment, and never anywhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from mlpdm_kit.errors import refuse

if TYPE_CHECKING:
    from openai import AsyncOpenAI

USUAL_URL = "https://api.openai.com/v1"
HIDDEN = "[key]"
MIN_SECRET = 8  # what local servers take for a key, as in `none`, is no secret
_RUN = re.compile(r"[A-Za-z0-9_+/=.-]{8,}")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A model at a provider. The key shows in no ``repr``, and `scrub` takes it out of texts."""

    model: str
    key: str = field(repr=False)
    base_url: str = field(default=USUAL_URL, repr=False)

    @property
    def host(self) -> str:
        """The provider's host, as it may be shown."""
        parts = urlsplit(self.base_url)
        return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"

    def scrub(self, text: str) -> str:
        """A text without the key, whole or in part, and without what the URL may hold.

        Examples
        --------
        >>> where = Endpoint(model="m", key="sk-abcdefgh12345678")
        >>> where.scrub("wrong key sk-abcdefgh12345678, or abcdefgh1234")
        'wrong key [key], or [key]'
        """
        parts = urlsplit(self.base_url)
        secrets = {self.key, quote(self.key, safe=""), parts.username, parts.password, parts.query}
        known = {secret for secret in secrets if secret and len(secret) >= MIN_SECRET}
        for secret in sorted(known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _RUN.sub(lambda m: HIDDEN if m[0].strip(".") in self.key else m[0], text)


def endpoint_of(environment: Mapping[str, str], model: str = "", where: str = "ask") -> Endpoint:
    """The endpoint that the environment names; the case's model goes before the environment's.

    Parameters
    ----------
    environment : mapping
        ``OPENAI_API_KEY``, ``OPENAI_BASE_URL`` (by default the provider's own) and
        ``MLPDM_MODEL``.
    model, where : str
        What the case says, and where.

    Raises
    ------
    InputError
        There is no key or no model, or the URL is none.
    """
    key = environment.get("OPENAI_API_KEY", "").strip()
    if not key:
        raise refuse("llm-key", "OPENAI_API_KEY")
    if not (key.isascii() and key.isprintable()):
        raise refuse("llm-key-form", "OPENAI_API_KEY")
    found = model or environment.get("MLPDM_MODEL", "").strip()
    if not found:
        raise refuse("llm-model", f"{where}.model")
    url = environment.get("OPENAI_BASE_URL", "").strip() or USUAL_URL
    if not re.match(r"https?://[^/\s]", url):
        raise refuse("llm-url", "OPENAI_BASE_URL")
    return Endpoint(model=found, key=key, base_url=url)


def open_client(endpoint: Endpoint, timeout: float) -> AsyncOpenAI:
    """The official client for an endpoint; retries are ours to make.

    Raises
    ------
    InputError
        The package is not installed.
    """
    try:
        from openai import AsyncOpenAI
    except ModuleNotFoundError as error:
        raise refuse("llm-extra", "mlpdm ask") from error
    return AsyncOpenAI(
        api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, timeout=timeout
    )
