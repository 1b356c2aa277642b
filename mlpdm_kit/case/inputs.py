"""Uncertain inputs: a written quantity with its evidence, read in its dimension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from mlpdm_kit.case.quantity import Malformed, Units, parse, points

Evidence = Literal["measured", "quoted", "assumed"]
Family = Literal["lognormal", "normal", "beta", "gamma", "uniform", "pert", "triangular", "metalog"]
USUAL_LEVEL = 0.9
BETWEEN_ENDS = ("pert", "triangular")  # families whose low and high are the least and the most
THREE_POINTS = (*BETWEEN_ENDS, "metalog")


class Frozen(BaseModel):
    """Base of everything in a case: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        str_max_length=20_000,
        allow_inf_nan=False,
    )


def _level(value: Any) -> Any:
    """How sure a range is, as a share: ``80%`` or ``0.8``."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise PydanticCustomError("level", "level", {})
    try:
        low, high = parse(str(value), "share", Units())
    except Malformed as fault:
        raise PydanticCustomError("level", "level", {}) from fault
    if low != high or not 0 < low < 1:
        raise PydanticCustomError("level", "level", {})
    return low


Level = Annotated[float, BeforeValidator(_level)]


class Input(Frozen):
    """An uncertain input: a range, and where it comes from.

    ``low`` and ``high`` are the ends between which the truth lies with probability
    ``level``, in the kit's own units (for the families ``pert`` and ``triangular`` the
    least and the most there can be); equal for a figure that is taken as it is. ``middle``
    is the median, for those two families the mode, where a third point was written.
    """

    low: float
    high: float
    dimension: str
    middle: float | None = None
    level: Level = USUAL_LEVEL
    evidence: Evidence = "assumed"
    note: str = ""
    owner: str = ""
    source: str = ""
    family: Family | None = None

    @property
    def is_point(self) -> bool:
        """Whether it is one figure, without a range."""
        return self.low == self.high

    @property
    def shape(self) -> str:
        """Name of its distribution: as written, else what its support asks for."""
        if self.family not in (None, "metalog"):
            return self.family
        if self.middle is None:
            if self.dimension == "share":
                return "beta"
            signed = self.dimension in SIGNED and self.low < 0
            return "normal" if signed else "lognormal" if self.low > 0 else "exponential"
        if self.dimension == "share":
            return "logit-metalog"
        signed = self.dimension in SIGNED and self.low <= 0
        return "metalog" if signed else "log-metalog"


SIGNED = ("rate/year", "number")  # what may lie below zero


@dataclass(frozen=True)
class In:
    """In which dimension a field is written; turns its text into an `Input`."""

    dimension: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        written = {"type": ["string", "number"], "dimension": self.dimension}
        said: dict[str, Any] = {name: {"type": "string"} for name in ("note", "owner", "source")}
        said["evidence"] = {"enum": list(get_args(Evidence))}
        said["family"] = {"enum": list(get_args(Family))}
        said["level"] = {"type": ["string", "number"]}
        full = {
            "type": "object",
            "properties": {"value": written, **said},
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"anyOf": [written, full], "dimension": self.dimension}

    def _read(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Input):
            return value
        if not isinstance(value, Mapping):
            return read_input(value, {}, self.dimension, info, at=())
        said = dict(value)
        if not info.context and {"low", "high"} <= set(said):
            return said  # not from a file: what model_dump gave
        if "value" not in said:
            raise PydanticCustomError("missing", "missing", {"key": "value"})
        return read_input(said.pop("value"), said, self.dimension, info, at=("value",))


def read_input(
    value: Any,
    said: Mapping[str, Any],
    dimension: str,
    info: ValidationInfo,
    *,
    at: tuple[str, ...],
) -> Input:
    """An input out of a written quantity and what is said about it.

    Raises
    ------
    ValidationError
        With all that is wrong: with the quantity (told at the path ``at``), and with
        each of the words beside it.
    """
    own: dict[str, Any] = {
        "low": 0.0, "middle": None, "high": 0.0, "dimension": dimension.partition(",")[0]
    }  # fmt: skip
    faults: list[InitErrorDetails] = [
        {"type": "extra_forbidden", "loc": (key,), "input": said[key]} for key in said if key in own
    ]
    try:
        own["low"], own["middle"], own["high"] = _quantity(value, dimension, info)
    except PydanticCustomError as fault:
        faults.append({"type": fault, "loc": at, "input": value})
    try:
        found = Input.model_validate({**said, **own})
    except ValidationError as error:
        faults += told_under((), error)
    if faults:
        raise ValidationError.from_exception_data("Input", faults)
    return found


def _quantity(
    value: Any, dimension: str, info: ValidationInfo
) -> tuple[float, float | None, float]:
    units: Units = (info.context or {}).get("units", Units())
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        example = {"example": units.example(dimension)}
        raise PydanticCustomError("quantity-number", "quantity", example)
    try:
        return points(str(value), dimension, units)
    except Malformed as fault:
        said = {"value": value, **fault.figures}
        raise PydanticCustomError(fault.code, "quantity", said) from fault


def told_under(path: tuple[str, ...], error: ValidationError) -> list[InitErrorDetails]:
    """The errors of a part, to be raised again with a path in front."""
    return [
        {
            "type": PydanticCustomError(item["type"], "part", item.get("ctx")),
            "loc": (*path, *item["loc"]),
            "input": item["input"],
        }
        for item in error.errors(include_url=False)
    ]


Money = Annotated[Input, In("money")]
MoneyPerCase = Annotated[Input, In("money/case")]
CostPerCase = Annotated[Input, In("money/case, said")]
MoneyPerToken = Annotated[Input, In("money/token")]
MoneyPerMonth = Annotated[Input, In("money/month")]
CasesPerMonth = Annotated[Input, In("cases/month")]
Share = Annotated[Input, In("share")]
Months = Annotated[Input, In("months")]
RatePerYear = Annotated[Input, In("rate/year")]
Ratio = Annotated[Input, In("ratio")]
Number = Annotated[Input, In("number")]
Seconds = Annotated[Input, In("seconds")]
