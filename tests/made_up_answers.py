"""Answers with hostile names, for the tests of everything that hands answers over."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import ClassVar

import pandas as pd

import staffcalc as sc
from staffcalc.reference.lookup import figure

HOSTILE = (
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "http://example.com/x",
    "{{ 7 * 7 }}",
    "a</style><script>x</script>",
    "çığ İıŞ",
    '"quoted" & co',
    "$x^2$",
    "esc\x1b[31mbell\x07nul\x00",
    "\u202egnp.exe",
)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MadeUp(sc.Result):
    """An answer of no room, with a name in every cell where one can stand."""

    kind: ClassVar[str] = "made_up"
    names: tuple[str, ...] = HOSTILE
    rows: int = len(HOSTILE)

    @property
    def headline(self) -> sc.Sentence:
        return sc.Sentence("rows_shown", shown=self.names[0], rows=self.rows)

    def to_frame(self) -> pd.DataFrame:
        names = [self.names[place % len(self.names)] for place in range(self.rows)]
        return pd.DataFrame(
            {
                "channel": names,
                "fte": [1.25 + place for place in range(self.rows)],
                "needs_reply_share": 0.4,
                "day": dt.date(2026, 11, 23),
                "moment": pd.Timestamp("2026-11-23 10:00", tz="Europe/Istanbul"),
                "people": [("p1", name) for name in names],
                "spare": [None if place % 2 else float("inf") for place in range(self.rows)],
                "yes": True,
            }
        )


def desk(name: str = HOSTILE[0]) -> sc.Desk:
    return sc.Desk.model_validate(
        {
            "name": name,
            "timezone": "Europe/Istanbul",
            "as_of": "2026-11-02",
            "people": [{"id": "p1", "role": "community_manager"}],
            "targets": [{"id": "standard", "within_hours": 24}],
            "channels": [{"id": "instagram", "platform": "<i>gram"}],
        }
    )


def made_up(**changes: object) -> MadeUp:
    values: dict[str, object] = {
        "desk": desk(),
        "notes": (sc.Sentence("rows_shown", shown=HOSTILE[1], rows=2),),
        "assumptions": (
            figure("aht_social_message").assumption(),
            sc.Assumption("handle <i>time</i>", "=1+1", unit="minute", note="<u>note</u>"),
            sc.Assumption("leave_days", 20.0, unit="day/year"),
        ),
    }
    return MadeUp(**(values | changes))  # type: ignore[arg-type]
