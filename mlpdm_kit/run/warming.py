"""Which kernels an engine needs: children of a warm process, or one process each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpdm_kit.errors import refuse
from mlpdm_kit.run.kernels import environment

if TYPE_CHECKING:
    from mlpdm_kit.run.warm.process import Warm


def warm_for(engine: str, memory: int) -> Warm | None:
    """The process that notebooks are forked from, where that can be and is wanted.

    Raises
    ------
    InputError
        There is no engine of that name.
    """
    from mlpdm_kit.run.engine import COLD, ENGINES, can_fork

    if engine not in ENGINES:
        raise refuse("not-one-of", "--engine", engine, known=list(ENGINES))
    if ENGINES[engine] == COLD or not can_fork():
        return None
    from mlpdm_kit.run.warm.process import Warm

    return Warm(environment(), memory=memory)
