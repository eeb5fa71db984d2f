"""What all facts have in common: frozen models whose fields carry a description and a unit, and whose errors advise."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from staffcalc import _checks
from staffcalc._words import Sentence
from staffcalc.errors import InputError

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


class _Advising(ModelMetaclass):
    """Turns the errors of pydantic into an :class:`InputError` that lists every problem with its path."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except ValidationError as error:
            raise as_input_error(error, cls.__name__) from None


class Facts(BaseModel, metaclass=_Advising):
    """Base of everything that a client tells us: frozen, complete, without surprises."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, str_strip_whitespace=True
    )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Return the facts in ``obj``, or raise :class:`InputError` that lists every problem with its path."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise as_input_error(error, cls.__name__) from None

    def given(self) -> set[str]:
        """Return the names of the fields that the client set."""
        return set(self.model_fields_set)


def fact(description: str, *, unit: str, default: Any = None, required: bool = False, example: Any = None) -> Any:
    """Return a field with its description, its unit and an example for the template."""
    extra = {"unit": unit, "example": example}
    if required:
        return Field(description=description, json_schema_extra=extra)
    return Field(default=default, description=description, json_schema_extra=extra)


def _checked(check: Callable[[str, Any], float]) -> BeforeValidator:
    def validate(value: Any, info: ValidationInfo) -> Any:
        return None if value is None else check(info.field_name or "value", value)

    return BeforeValidator(validate)


def _positive(name: str, value: Any) -> float:
    return _checks.at_least(name, value, 0, above=True)


def _whole(name: str, value: Any) -> float:
    return _checks.whole(name, value)


Share = Annotated[float, _checked(_checks.share)]
Amount = Annotated[float, _checked(_checks.at_least)]
Positive = Annotated[float, _checked(_positive)]
Whole = Annotated[int, _checked(_whole)]


def _yes_or_no(value: Any) -> Any:
    words = {"evet": True, "hayır": False, "hayir": False}  # "HAYIR" in lower case has a dotted i
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_yes_or_no)]
"""True or false, yes or no, or the same in Turkish."""


def _check_id(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and not re.fullmatch(r"[\w][\w.:/#+-]{0,79}", value.strip()):
        raise InputError("bad_id", value=value)
    return value


Id = Annotated[str, BeforeValidator(_check_id)]
"""An id: letters, digits and ``_ . : / # + -``; never a name with blanks or an e-mail address."""


def _check_language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise InputError("bad_language", value=value)
    return value


Language = Annotated[str, AfterValidator(_check_language)]


@functools.cache
def _zones() -> frozenset[str]:
    import zoneinfo

    return frozenset(zoneinfo.available_timezones())


def check_timezone(value: Any) -> str:
    """Return the name of a time zone, or raise :class:`InputError` with near matches."""
    if not isinstance(value, str) or value not in _zones():
        near = difflib.get_close_matches(str(value), _zones(), n=3, cutoff=0.5) or ["Europe/Istanbul", "UTC"]
        raise InputError("unknown_timezone", value=str(value), known=near)
    return value


Timezone = Annotated[str, BeforeValidator(check_timezone)]


def _check_currency(value: str) -> str:
    from babel.numbers import list_currencies

    if value not in list_currencies():
        near = difflib.get_close_matches(value.upper(), list_currencies(), n=3, cutoff=0.3) or ["EUR", "TRY", "USD"]
        raise InputError("unknown_currency", value=value, known=near)
    return value


Currency = Annotated[str, AfterValidator(_check_currency)]


class Period(Facts):
    """A stretch of days, both ends included."""

    start: dt.date = fact("First day", unit="date", required=True)
    end: dt.date = fact("Last day", unit="date", required=True)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise InputError("period_reversed", start=self.start, end=self.end)
        return self


class Range(Facts):
    """
    An uncertain number: its typical value, and how low and high it may be.

    A plain number stands for its typical value alone.

    Examples
    --------
    >>> Range(typical=5, low=2, high=10).low
    2.0
    >>> Range.model_validate(5).typical
    5.0
    """

    low: float | None = fact("Lowest plausible value", unit="as the field")
    typical: float = fact("Typical value", unit="as the field", required=True)
    high: float | None = fact("Highest plausible value", unit="as the field")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        if isinstance(value, (str, bool)):
            raise InputError("not_a_number", name="value", value=value)
        if isinstance(value, Mapping):
            return {key: _checks.number(key, part) if part is not None else None for key, part in value.items()}
        return value if isinstance(value, Range) else {"typical": _checks.number("value", value)}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low = self.typical if self.low is None else self.low
        high = self.typical if self.high is None else self.high
        if not low <= self.typical <= high:
            raise InputError("range_reversed", low=low, typical=self.typical, high=high)
        return self

    @model_serializer(mode="plain")
    def _to_number(self) -> Any:
        if self.low is None and self.high is None:
            return self.typical
        parts = {"low": self.low, "typical": self.typical, "high": self.high}
        return {name: value for name, value in parts.items() if value is not None}


def _each(check: Callable[[str, Any], float]) -> AfterValidator:
    def validate(value: Range | None, info: ValidationInfo) -> Range | None:
        if value is not None:
            for part in (value.typical, value.low, value.high):
                if part is not None:
                    check(info.field_name or "value", part)
        return value

    return AfterValidator(validate)


ShareRange = Annotated[Range, _each(_checks.share)]
AmountRange = Annotated[Range, _each(_checks.at_least)]
PositiveRange = Annotated[Range, _each(_positive)]


def as_input_error(error: ValidationError, what: str) -> InputError:
    """Return one :class:`InputError` that lists all problems of a pydantic error, each with its path."""
    problems = list(_problems(error))
    return InputError("input_problems", what=what, count=len(problems), problems=problems)


def _problems(error: ValidationError) -> Iterator[Sentence]:
    seen: set[tuple[str, str]] = set()
    for part in error.errors(include_url=False, include_input=True):
        path = _path(part["loc"])
        inner = part.get("ctx", {}).get("error")
        if isinstance(inner, InputError) and inner.sentence.key == "input_problems":
            yield from inner.sentence.values["problems"]
            continue
        what = inner.sentence if isinstance(inner, InputError) else _explain(part)
        if (path, str(what)) not in seen:
            seen.add((path, str(what)))
            yield Sentence("problem_at", path=path, what=what) if path else what


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not re.match(r"(function-|tagged-|nullable|literal\[|tuple\[|[A-Z])|^(str|float|int|bool)$", part):
            text += f".{part}" if text else part
    return text


def _explain(part: Any) -> Sentence:
    """Return pydantic's own kinds of problem in our words."""
    kind, name = part["type"], str(part["loc"][-1]) if part["loc"] else ""
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, _all_names(), n=2, cutoff=0.7)
        return Sentence("unknown_key_near", near=near) if near else Sentence("unknown_key")
    if kind == "missing":
        return Sentence("missing_key")
    if kind.startswith(("date", "time")):
        return Sentence("not_a_date", value=str(part["input"]))
    if kind in ("literal_error", "enum"):
        return Sentence("not_one_of_words", value=str(part["input"]), known=part["ctx"]["expected"].replace("'", ""))
    expected = {
        "string": "text",
        "bool": "yes_no",
        "tuple": "list",
        "list": "list",
        "model": "mapping",
        "dict": "mapping",
    }
    for start, word in expected.items():
        if kind.startswith(start):
            return Sentence("wrong_type", expected=Sentence(f"expected_{word}"), value=str(part["input"])[:60])
    return Sentence("wrong_value", value=str(part["input"])[:60], reason=part["msg"])


def _all_names() -> set[str]:
    def below(model: type[Facts]) -> Iterator[str]:
        yield from model.model_fields
        for child in model.__subclasses__():
            yield from below(child)

    return set(below(Facts))
