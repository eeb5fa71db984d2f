"""The ledger of what an import found: how many rows each check touched, and what was done with them."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd

from staffcalc._words import Sentence


@dataclasses.dataclass
class Ledger:
    """Collects one line per check while a file is read."""

    rows: int
    lines: dict[str, tuple[int, str, str, int]] = dataclasses.field(default_factory=dict)

    def add(self, check: str, rows: int, action: str, example: str = "", *, of: int | None = None) -> None:
        """Add ``rows`` to a check; the first example stays."""
        before, _, first, total = self.lines.get(check, (0, action, "", 0))
        self.lines[check] = (
            before + int(rows),
            action,
            first or example,
            of if of is not None else (total or self.rows),
        )

    def frame(self, order: tuple[str, ...] = ()) -> pd.DataFrame:
        """Return the ledger as a table: check, rows, share, action, example."""
        lines = {check: self.lines[check] for check in order} | self.lines if order else self.lines
        records = [
            {
                "check": check,
                "rows": rows,
                "share": min(1.0, rows / of) if of else 0.0,
                "action": action if rows else "none",
                "example": example,
            }
            for check, (rows, action, example, of) in lines.items()
        ]
        return pd.DataFrame.from_records(records, columns=["check", "rows", "share", "action", "example"])


def safe_cell(value: object) -> str:
    """Return a cell that is a time or a number; a cell with words in it may be personal and is not shown."""
    text = str(value).strip()
    return text if re.fullmatch(r"[-+\d\s:./,TZ]{0,32}", text) else "…"


def safe_headers(frame: pd.DataFrame) -> list[str]:
    """Return the first headers for a message: none if the first row looks like data, which may be personal."""
    names = [str(name) for name in frame.columns[:20]]
    plain = [re.fullmatch(r"[^\W\d_][^@,!?]{0,39}", name) is not None and len(name.split()) <= 5 for name in names]
    if not all(plain):
        names = ["…" for _ in names]
    return names


def quality_notes(ledger: Ledger, skip: tuple[str, ...] = ()) -> tuple[Sentence, ...]:
    """Return one doubt for each check that touched rows and has a sentence."""
    return tuple(
        Sentence(f"quality_{check}", count=rows, rows=rows, share=rows / of if of else 0.0)
        for check, (rows, _, _, of) in ledger.lines.items()
        if rows and check not in skip and check in _SAID
    )


_SAID = (
    "duplicate",
    "malformed",
    "negative",
    "missing",
    "sentinel_date",
    "partial_day",
    "batch_minute",
    "open_ticket",
    "outbound",
    "internal",
)
