"""The ledger of what an import found: how many rows each check touched, and what was done with them."""

from __future__ import annotations

import dataclasses

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

    def rows_of(self, check: str) -> int:
        """Return the rows counted for a check."""
        return self.lines.get(check, (0, "", "", 0))[0]

    def frame(self) -> pd.DataFrame:
        """Return the ledger as a table: check, rows, share, action, example."""
        records = [
            {
                "check": check,
                "rows": rows,
                "share": min(1.0, rows / of) if of else 0.0,
                "action": action if rows else "none",
                "example": example,
            }
            for check, (rows, action, example, of) in self.lines.items()
        ]
        return pd.DataFrame.from_records(records, columns=["check", "rows", "share", "action", "example"])


def quality_notes(ledger: Ledger, skip: tuple[str, ...] = ()) -> tuple[Sentence, ...]:
    """Return one doubt for each check that touched rows and has a sentence."""
    return tuple(
        Sentence(f"quality_{check}", count=rows, rows=rows, share=rows / of if of else 0.0)
        for check, (rows, _, _, of) in ledger.lines.items()
        if rows and check not in skip and check in _SAID
    )


_SAID = ("duplicate", "malformed", "negative", "missing", "sentinel_date", "partial_day")
