"""Checks of plain arguments. Each returns the value it accepts and says what to try where it refuses."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from staffcalc.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    Given = TypeVar("Given")


def number(name: str, value: Any, *, unit: str = "") -> float:
    """Return ``value`` as a finite float, or raise :class:`InputError`."""
    if isinstance(value, str) or type(value).__name__ in ("bool", "bool_") or not hasattr(value, "__float__"):
        raise InputError("not_a_number", name=name, value=value)
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):  # an array, or a number beyond every float
        raise InputError("not_a_number", name=name, value=value) from None
    if not math.isfinite(result):
        raise InputError("not_finite", name=name, value=str(result), unit=unit)
    return result


def at_least(name: str, value: Any, least: float = 0.0, *, unit: str = "", above: bool = False) -> float:
    """Return a finite float of ``least`` or more (``above``: more than ``least``)."""
    result = number(name, value, unit=unit)
    if result < least or (above and result == least):
        key = "not_above" if above else "below_least"
        raise InputError(key, name=name, value=result, least=least, unit=unit)
    return result


def share(name: str, value: Any, *, below_one: bool = False, above_zero: bool = False) -> float:
    """Return a share from 0 to 1; 80 is refused with the hint 0.8."""
    result = number(name, value, unit="share")
    if 1 < result <= 100:
        raise InputError("looks_like_percent", name=name, value=value, share=result / 100)
    if result < 0 or result > 1 or (below_one and result == 1) or (above_zero and result == 0):
        raise InputError("not_a_share", name=name, value=value)
    return result


def whole(name: str, value: Any, least: int = 0, *, unit: str = "") -> int:
    """Return a whole number of ``least`` or more; 3.0 is accepted, 3.5 is not."""
    result = at_least(name, value, least, unit=unit)
    if not result.is_integer():
        raise InputError("not_whole", name=name, value=result, unit=unit)
    return int(result)


def generator(seed: Any) -> Generator:
    """Return the random generator of a ``seed``: a whole number of 0 or more, or a generator, which is used on."""
    from numpy.random import Generator, default_rng

    if isinstance(seed, Generator):
        return seed
    listed_or_not_whole = getattr(seed, "ndim", 0) or not hasattr(seed, "__index__")  # an array has __index__ too
    if type(seed).__name__ in ("bool", "bool_") or listed_or_not_whole or seed < 0:
        raise InputError("bad_seed", value=str(seed)[:60])
    return default_rng(seed)


def switch(name: str, value: Any) -> bool:
    """Return ``value`` if it is True or False."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise InputError("not_a_switch", name=name, value=str(value)[:60])
    return bool(value)


def one_of(name: str, value: Any, known: tuple[str, ...]) -> str:
    """Return ``value`` if it is one of the ``known`` words."""
    if not isinstance(value, str) or value not in known:
        raise InputError("not_one_of", name=name, value=str(value), known=list(known))
    return str(value)


def path(name: str, value: Any) -> Path:
    """Return a text or a path as a path; anything else is refused, with a hint that arguments may be swapped."""
    if not isinstance(value, (str, os.PathLike)):
        raise InputError("not_a_path", name=name, value=type(value).__name__)
    return Path(value)


def given(name: str, value: Any, kind: type[Given], *, maker: str) -> Given:
    """Return ``value`` if it is an object of the class ``kind``, which the public function ``maker`` gives."""
    if not isinstance(value, kind):
        raise InputError("wrong_kind", name=name, value=type(value).__name__, kind=kind.__name__, maker=maker)
    return value


def listed(name: str, values: Any) -> list[Any]:
    """Return a list, tuple, array or series as a list; a single value, a text or a set is refused."""
    single = isinstance(values, (str, bytes, set, frozenset, dict)) or not hasattr(values, "__len__")
    if single or getattr(values, "ndim", 1) != 1:
        raise InputError("not_a_list", name=name, value=str(values)[:60])
    return list(values)


def numbers(name: str, values: Any) -> NDArray[np.float64]:
    """Return numbers of any shape as an array of floats; text, dates, switches and ragged lists are refused."""
    import numpy as np

    try:
        array = np.asarray(values)
        if array.dtype.kind in "bUSMmcV":
            raise TypeError
        # an array of objects may hide switches and texts that look like numbers
        if array.dtype.kind == "O" and any(isinstance(value, (bool, str, bytes)) for value in array.flat):
            raise TypeError
        return np.asarray(array, dtype=float)
    except (TypeError, ValueError, OverflowError):  # ragged lists, objects, and numbers beyond every float
        raise InputError("not_numbers", name=name, value=str(values)[:60]) from None
