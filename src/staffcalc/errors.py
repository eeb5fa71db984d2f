"""Errors that say what is wrong, why, and what to try, in English or Turkish."""

from __future__ import annotations

from typing import Any

from staffcalc._words import Sentence


class StaffcalcError(Exception):
    """
    Base of every error that staffcalc raises on purpose.

    Parameters
    ----------
    key : str or Sentence
        Key of the message in the word catalogues, or a finished sentence.
    **values
        The values that the message names.

    Examples
    --------
    >>> error = InputError("looks_like_percent", name="service_level", value=80, share=0.8)
    >>> print(error)
    service_level=80 looks like a percentage. Try: service_level=0.8.
    """

    def __init__(self, key: str | Sentence, **values: Any) -> None:
        self.sentence = key if isinstance(key, Sentence) else Sentence(key, **values)
        super().__init__(self.sentence)

    def say(self, language: str = "en") -> str:
        """Return the message in ``language`` (``en`` or ``tr``)."""
        return self.sentence.say(language)

    def __str__(self) -> str:
        return self.say("en")


class InputError(StaffcalcError, ValueError):
    """An argument, a file or a desk cannot be used as given."""


class OverloadError(StaffcalcError):
    """The people named cannot keep up with the work, so no steady answer exists."""


class InfeasibleError(StaffcalcError):
    """No plan can meet the rules asked for; the message names the rule and the hours."""


class MissingExtraError(StaffcalcError, ImportError):
    """An optional package is not installed; the message gives the install command."""
