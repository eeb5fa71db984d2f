"""What is wrong with each key of each account: who should not hold it, who should, and which passwords are known."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence

from staffcalc.inputs.access import LAYERS
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.resilience.cells import DeskCell, gone_by
from staffcalc.resilience.key_holders import candidates, outsiders

MOST = {
    "owner": "max_owners",
    "editor": "max_editors",
    "recovery_email": "max_recovery_email",
    "second_factor": "max_second_factor",
}
"""Figures of the reference tables: holders above which a key is spread too widely."""

OUTSIDERS = {
    "owner": "outsider_owns",
    "editor": "outsider_posts",
    "recovery_email": "outsider_unlocks",
    "second_factor": "outsider_unlocks",
}
"""Why a contractor or an agency that holds a key beside employees is looked at."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """What is wrong with one key, before it is known who mends it."""

    action: str
    channel: str
    layer: str
    holder: str
    reason: str


def find_faults(desk: Desk, cells: Sequence[DeskCell], spare: int) -> list[Finding]:
    """Return everything that is wrong with the keys of a desk, each fault once."""
    found = [*_leavers(desk), *_passwords(desk), *_gains(desk, cells, spare), *_outsiders(desk, cells), *_excess(cells)]
    return list(dict.fromkeys([*found, *_private(desk, cells), *_mismatches(desk, cells)]))


def _leavers(desk: Desk) -> Iterator[Finding]:
    left = gone_by(desk, desk.today)
    for channel in desk.channels:
        for layer in LAYERS if channel.access else ():
            for holder in (channel.access.holders(layer) if channel.access else None) or ():
                if holder in left:
                    yield Finding("remove", channel.id, layer, holder, "left")


def _passwords(desk: Desk) -> Iterator[Finding]:
    left = gone_by(desk, desk.today)
    for channel in desk.channels:
        if channel.access is None or not channel.access.shared_password:
            continue
        changed = channel.access.password_changed_on
        knew = {holder for layer in LAYERS for holder in channel.access.holders(layer) or ()}
        if any(holder in left and (changed is None or left[holder] >= changed) for holder in knew):
            yield Finding("rotate", channel.id, "", "", "knew_password")
        elif changed is None:
            yield Finding("rotate", channel.id, "", "", "never_changed")


def _gains(desk: Desk, cells: Sequence[DeskCell], spare: int) -> Iterator[Finding]:
    held = Counter(holder for cell in cells for holder in cell.holders)
    for cell in cells:
        missing = max(cell.required + spare, cell.advised) - len(cell.holders)
        if missing <= 0:
            continue
        suitable = candidates(desk, cell, given=held)[:missing]
        held.update(suitable)
        for holder in [*suitable, *[""] * min(1, missing - len(suitable))]:
            reason = "nobody_holds" if cell.spare < 0 else "single_holder" if holder else "nobody_to_add"
            yield Finding("add", cell.subject, cell.kind, holder, reason)


def _outsiders(desk: Desk, cells: Sequence[DeskCell]) -> Iterator[Finding]:
    """Yield the keys that contractors and agencies hold alone, and those that they hold beside employees."""
    outside = outsiders(desk)
    for cell in cells:
        strangers = sorted(cell.holders & outside)
        if strangers and cell.holders <= outside:
            able = candidates(desk, cell)
            yield Finding("add", cell.subject, cell.kind, able[0] if able else "", "only_outsiders")
        else:
            for holder in strangers:
                yield Finding("check", cell.subject, cell.kind, holder, OUTSIDERS[cell.kind])


def _excess(cells: Sequence[DeskCell]) -> Iterator[Finding]:
    for cell in cells:
        if len(cell.holders) > figure(MOST[cell.kind]).value:
            yield Finding("check", cell.subject, cell.kind, "", "too_many_holders")


def _private(desk: Desk, cells: Sequence[DeskCell]) -> Iterator[Finding]:
    private = {holder.id for holder in desk.access_holders if holder.private_address}
    for channel in desk.channels:
        if channel.access is not None and channel.access.private_address:
            yield Finding("move", channel.id, "", "", "private_account")
    for cell in cells:
        for holder in sorted(cell.holders & private):
            yield Finding("move", cell.subject, cell.kind, holder, "private_address")


def _mismatches(desk: Desk, cells: Sequence[DeskCell]) -> Iterator[Finding]:
    """Yield who answers a channel without access, and who of the team has access without answering it."""
    team = {person.id for person in desk.team()}
    for cell in cells:
        if cell.kind != "editor":
            continue
        answering = {person.id for person in desk.holders_of_channel(cell.subject)}
        for holder in sorted(answering - cell.holders):
            yield Finding("add", cell.subject, "editor", holder, "answers_without_access")
        for holder in sorted((cell.holders & team) - answering):
            yield Finding("check", cell.subject, "editor", holder, "does_not_answer")
