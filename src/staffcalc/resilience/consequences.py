"""What uncovered cells mean, in plain words: what is lost on the same channels is said together, long lists are cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from staffcalc._words import Sentence
from staffcalc.resilience.cells import CHANNEL_KINDS, KINDS, DeskCell


def consequences(cells: Sequence[DeskCell]) -> Sentence:
    """Return what uncovered cells mean in one sentence; what is lost on the same channels is said together."""
    spoken = []
    of_kind = {kind: [cell for cell in cells if cell.kind == kind] for kind in KINDS}
    kinds_of: dict[tuple[str, ...], list[str]] = {}
    for kind in CHANNEL_KINDS:
        if of_kind[kind]:
            kinds_of.setdefault(tuple(_subjects(of_kind[kind])), []).append(kind)
    for subjects, kinds in kinds_of.items():
        channels = shortened(subjects)
        if len(kinds) == 1:
            spoken.append(Sentence(f"lost_{kinds[0]}", channels=channels))
        else:
            tasks = [Sentence(f"task_{kind}") for kind in kinds]
            spoken.append(Sentence("lost_several", channels=channels, tasks=tasks))
    if of_kind["duty"]:
        spoken.append(Sentence("lost_duty", duties=[Sentence(f"term_{cell.subject}") for cell in of_kind["duty"]]))
    if of_kind["hours"]:
        hours = {hour for cell in of_kind["hours"] for hour in cell.hours}
        spoken.append(Sentence("lost_hours", count=len(hours)))
    said = spoken.pop() if spoken else Sentence("fails_slowly")
    while spoken:
        said = Sentence("one_loss_and_more", first=spoken.pop(), rest=said)
    return said


def shortened(names: Iterable[str | Sentence], most: int = 6) -> list[str | Sentence]:
    """Return names, each once and in order, the tail as a count."""
    unique = list(dict.fromkeys(names))
    if len(unique) <= most:
        return list(unique)
    return [*unique[: most - 1], Sentence("further_ones", count=len(unique) - most + 1)]


def _subjects(cells: Sequence[DeskCell]) -> list[str]:
    """Return channels, with the language where a channel is answered in several."""
    return [
        f"{cell.subject} ({cell.language})" if cell.language and not cell.only_language else cell.subject
        for cell in cells
    ]
