"""Single points of failure of a desk: what hangs on one person, on two, or on a group, in plain words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import pandas as pd

from staffcalc import _checks
from staffcalc._result import Result
from staffcalc._words import Sentence
from staffcalc.inputs.desk import Desk
from staffcalc.reference.lookup import figure
from staffcalc.resilience.access_review import review_access
from staffcalc.resilience.cells import ADVISED, CHANNEL_KINDS, KINDS, DeskCell, as_holders, list_cells
from staffcalc.resilience.common_causes import CommonCause, common_causes
from staffcalc.resilience.consequences import consequences, shortened
from staffcalc.resilience.cut_sets import minimal_cut_sets
from staffcalc.resilience.fewest_losses import smallest_loss, truck_factor
from staffcalc.resilience.proof import EXACT, ProvenCount

CROWD = 200
"""Cells with more holders than this are not broken down into pairs."""

MOST_LOSSES = 3
"""Losses of one person spoken of on a page; all of them stand in ``losses``."""

PAIRS_WEIGHED = 2_000
"""Pairs among which the worst is looked for."""

MOST_PAIRS = 12
"""Pairs spoken of; all of them stand in ``pairs``."""


@dataclasses.dataclass(frozen=True)
class Loss:
    """
    What stops when somebody is away.

    Parameters
    ----------
    who : str
        Id of the person, or name of the group.
    cells : tuple of DeskCell
        What is left uncovered, beyond what is short already.
    channels : tuple of str
        Channels that stop, beyond those that do not work already.
    cause : CommonCause or None
        What takes several people at once, where it is not one person.
    """

    who: str
    cells: tuple[DeskCell, ...]
    channels: tuple[str, ...]
    cause: CommonCause | None = None

    def words(self) -> Sentence:
        """Return what stops, in plain words."""
        if self.cause is not None:
            return Sentence("if_group_away", who=self.cause.words(), losses=consequences(self.cells))
        return Sentence("if_away", who=self.who, losses=consequences(self.cells))


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SinglePoints(Result):
    """
    What a team cannot lose.

    Parameters
    ----------
    cells : tuple of DeskCell
        Everything that must stay covered.
    smallest_loss : ProvenCount
        Fewest people whose loss leaves something uncovered; 0 if something is short already. [person]
    truck_factor : ProvenCount or None
        Fewest people whose loss stops more than ``share`` of the channels; None without channels. [person]
    truck_factor_together : ProvenCount or None
        Fewest losses, of one person or of everybody at a site, vendor, phone, domain or group, that stop more than
        ``share`` of the channels; None without channels, or where nobody is lost together. Grades are not counted: they
        are seldom lost in one stroke. [loss]
    share : float
        Share of the truck factor. [share]
    losses : tuple of Loss
        Each person whose absence alone uncovers something, worst first.
    group_losses : tuple of Loss
        Each site, vendor, phone, e-mail domain, grade or group whose loss uncovers something, worst first.
    causes : tuple of CommonCause
        Who can be lost together.
    pairs : tuple of frozenset of str
        Pairs whose loss uncovers something, none of them a single point.
    findings : tuple of Sentence
        What the access review found.
    """

    kind: ClassVar[str] = "single_points"

    cells: tuple[DeskCell, ...]
    smallest_loss: ProvenCount
    truck_factor: ProvenCount | None
    truck_factor_together: ProvenCount | None
    share: float
    losses: tuple[Loss, ...]
    group_losses: tuple[Loss, ...]
    causes: tuple[CommonCause, ...]
    pairs: tuple[frozenset[str], ...]
    findings: tuple[Sentence, ...]

    @property
    def short(self) -> tuple[DeskCell, ...]:
        """Cells with fewer holders than they need, before anybody is lost."""
        return tuple(cell for cell in self.cells if cell.spare < 0)

    @property
    def single(self) -> tuple[DeskCell, ...]:
        """Single points of failure: cells that no holder may be missing from."""
        return tuple(cell for cell in self.cells if cell.spare == 0)

    @property
    def headline(self) -> Sentence:
        """The answer in one sentence."""
        if not self.cells:
            return Sentence("points_nothing_told")
        channels = {cell.subject for cell in self.cells if cell.kind in CHANNEL_KINDS}
        holders = {holder for cell in self.cells for holder in cell.holders}
        if len(holders) == 1 and len(self.single) == len(self.cells):
            return Sentence("points_one_person", who=min(holders), count=len(channels))
        if not self.single and not self.short:
            return Sentence("points_none", count=int(self.smallest_loss))
        if not self.losses:
            return Sentence("points_short_only", count=len(self.short))
        worst = self.losses[0]
        stops = Sentence("stops_channels", who=worst.who, count=len(worst.channels), channels=len(channels))
        if len(channels) == 1 and worst.channels:
            stops = Sentence("stops_only_channel", who=worst.who)
        if not worst.channels:
            stops = Sentence("stops_things", who=worst.who, count=len(worst.cells))
            if _stopped(self.cells):
                stops = Sentence("stops_more_things", who=worst.who, count=len(worst.cells))
        points, truck = len(self.single), self._truck_words()
        if self.short:
            count = len(self.short)
            return Sentence(
                "points_headline_short", count=count, points=points, cells=len(self.cells), stops=stops, truck=truck
            )
        return Sentence("points_headline", points=points, cells=len(self.cells), stops=stops, truck=truck)

    @property
    def points(self) -> tuple[Sentence, ...]:
        """What a page has room for: what is short, the worst losses of one, of two and of many, and how many more."""
        spoken = [Sentence("already_short", losses=consequences(self.short))] if self.short else []
        spoken += [loss.words() for loss in self.losses[:MOST_LOSSES]]
        if len(self.losses) > MOST_LOSSES:
            spoken.append(Sentence("more_losses", count=len(self.losses) - MOST_LOSSES))
        if self.pairs:
            pair = min(self.pairs[:PAIRS_WEIGHED], key=lambda pair: (-len(_lost(self.cells, pair)[1]), sorted(pair)))
            losses = consequences(self.lost_without(pair))
            spoken.append(Sentence("worst_pair", count=len(self.pairs), who=sorted(pair), losses=losses))
        spoken += [loss.words() for loss in self.group_losses if loss.cause and loss.cause.kind != "grade"][:1]
        if self.truck_factor_together:
            spoken.append(self._together_words(self.truck_factor_together))
        return tuple(spoken)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Everything in plain words: what is short already, who may not be away, pairs, groups, access findings."""
        spoken = [Sentence("already_short", losses=consequences(self.short))] if self.short else []
        spoken += [loss.words() for loss in self.losses]
        spoken += [
            Sentence("if_both_away", who=sorted(pair), losses=consequences(self.lost_without(pair)))
            for pair in self.pairs[:MOST_PAIRS]
        ]
        if len(self.pairs) > MOST_PAIRS:
            spoken.append(Sentence("more_pairs", count=len(self.pairs) - MOST_PAIRS))
        spoken += [loss.words() for loss in self.group_losses]
        return (*spoken, *self.findings)

    def cut_sets(self, *, order: int = 2) -> tuple[frozenset[str], ...]:
        """
        Return every smallest set of up to ``order`` people whose loss uncovers something, short cells left out.

        Parameters
        ----------
        order : int
            Largest size of a set; sets of three or four can be very many. [person]

        Raises
        ------
        InputError
            If so many sets would have to be listed that nobody could read them.
        """
        return tuple(frozenset(map(str, cut)) for cut in minimal_cut_sets(*as_holders(self.cells), order=order))

    def lost_without(self, gone: Iterable[str]) -> tuple[DeskCell, ...]:
        """Return the cells that some people leave uncovered, beyond those short already."""
        lost = frozenset(gone)
        return tuple(cell for cell in self.cells if cell.spare >= 0 and len(cell.holders - lost) < cell.required)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cell, scarce ones first: kind, cell, holders, required, spare, advised, who."""
        rows = [
            {
                "kind": cell.kind,
                "cell": cell.label(),
                "holders": len(cell.holders),
                "required": cell.required,
                "spare": cell.spare,
                "advised": cell.advised,
                "who": ", ".join(sorted(cell.holders)),
            }
            for cell in sorted(self.cells, key=lambda cell: (cell.spare, KINDS.index(cell.kind)))
        ]
        return pd.DataFrame(rows, columns=["kind", "cell", "holders", "required", "spare", "advised", "who"])

    def _together_words(self, factor: ProvenCount) -> Sentence:
        named = [cause.words() for cause in self.causes if cause.name in factor.groups]
        who: list[str | Sentence] = [*named, *sorted(map(str, factor.people))]
        if factor.status == EXACT:
            return Sentence("truck_together", count=int(factor), share=self.share, who=shortened(who))
        return Sentence("truck_together_between", low=factor.bound, high=int(factor), share=self.share)

    def _truck_words(self) -> Sentence:
        factor = self.truck_factor
        if factor is None:
            return Sentence("truck_none")
        if factor == 0:
            return Sentence("truck_nobody", share=self.share)
        if factor.status == EXACT:
            return Sentence("truck_exact", count=int(factor), share=self.share)
        return Sentence("truck_between", low=factor.bound, high=int(factor), share=self.share)


def find_single_points_of_failure(desk: Desk, *, share: float = 0.5, time_limit: float | None = None) -> SinglePoints:
    """
    Find what and whom a team cannot lose.

    Parameters
    ----------
    desk : Desk
        The team, its channels, duties, hours and access holders.
    share : float
        The truck factor counts the people whose loss stops more than this share of the channels. [share]
    time_limit : float, optional
        Seconds for the exact search of the truck factor; the reference figure ``solver_seconds`` if left out. When it
        strikes, the proven bounds are given and a note says so. [s]

    Returns
    -------
    SinglePoints
        Cells with holders and spare, smallest loss, truck factor, losses of one, of two and of groups, in words.

    Raises
    ------
    InputError
        If ``share`` is not between 0 and 1, or 1 itself.

    Notes
    -----
    Cells are families, (channel, language, hour block), (channel, access layer), (duty) and (hour block), never their
    product; a channel fails when any of its cells fails. A cell needs one holder unless the desk says more: the two
    owners that every account ought to have are advice (column ``advised``), since a channel with one owner works today.
    People who have left are no cover. Do **not** use it to judge people: it describes how work is shared out.

    References
    ----------
    .. [1] source key ``avelino2016`` in ``reference/sources.csv``.

    Examples
    --------
    >>> import staffcalc as sc
    >>> points = find_single_points_of_failure(sc.read_desk("data/sample_desk.yaml"))
    >>> points.smallest_loss, points.truck_factor
    (1, 1)
    >>> print(points.losses[-1].words())
    If p3 is away: too few people are there in 16 hours of the week.
    """
    _checks.given("desk", desk, Desk, maker="read_desk")
    share = _checks.share("share", share, below_one=True)
    seconds = figure("solver_seconds").value if time_limit is None else time_limit
    cells = list_cells(desk)
    if not cells:
        return SinglePoints(
            cells=(), smallest_loss=ProvenCount(0), truck_factor=None, truck_factor_together=None, share=share,
            losses=(), group_losses=(), causes=(), pairs=(), findings=(),
            notes=(Sentence("nothing_to_cover"),), desk=desk,
        )  # fmt: skip
    holders, required = as_holders(cells)
    held = {holder for cell in cells for holder in cell.holders}
    causes = common_causes(desk, held)
    at_once = [cause for cause in causes if cause.kind != "grade"]
    channel_cells = {place: cell for place, cell in enumerate(cells) if cell.kind in CHANNEL_KINDS}

    def fewest(groups: Sequence[CommonCause]) -> ProvenCount:
        return truck_factor(
            {place: cell.holders for place, cell in channel_cells.items()},
            share=share,
            required={place: cell.required for place, cell in channel_cells.items()},
            channels={place: cell.subject for place, cell in channel_cells.items()},
            groups={cause.name: cause.members for cause in groups},
            time_limit=seconds,
        )

    factor = fewest(()) if channel_cells else None
    pairs = _pairs(cells)
    review = review_access(desk)
    return SinglePoints(
        cells=cells,
        smallest_loss=smallest_loss(holders, required),
        truck_factor=factor,
        truck_factor_together=fewest(at_once) if channel_cells and at_once else None,
        share=share,
        losses=_worst_first(_losses_of_one(cells)),
        group_losses=_worst_first(Loss(cause.name, *_lost(cells, cause.members), cause) for cause in causes),
        causes=causes,
        pairs=tuple(frozenset(str(one) for one in pair) for pair in pairs),
        findings=review.findings,
        notes=_doubts(desk, cells, factor, share),
        assumptions=tuple(figure(name).assumption() for name in ADVISED.values()),
        sources=("avelino2016",),
        desk=desk,
    )


def _stopped(cells: Iterable[DeskCell]) -> frozenset[str]:
    """Return the channels that do not work before anybody is lost."""
    return frozenset(cell.subject for cell in cells if cell.kind in CHANNEL_KINDS and cell.spare < 0)


def _channels(cells: Iterable[DeskCell], stopped: frozenset[str]) -> tuple[str, ...]:
    """Return the channels of cells that worked until now, each once."""
    named = dict.fromkeys(cell.subject for cell in cells if cell.kind in CHANNEL_KINDS)
    return tuple(name for name in named if name not in stopped)


def _lost(cells: Sequence[DeskCell], gone: Iterable[str]) -> tuple[tuple[DeskCell, ...], tuple[str, ...]]:
    lost = frozenset(gone)
    found = tuple(cell for cell in cells if cell.spare >= 0 and len(cell.holders - lost) < cell.required)
    return found, _channels(found, _stopped(cells))


def _losses_of_one(cells: Sequence[DeskCell]) -> list[Loss]:
    """Return what each person's absence alone uncovers: the cells without a spare that the person holds."""
    stopped = _stopped(cells)
    alone: dict[str, list[DeskCell]] = {}
    for cell in cells:
        for holder in cell.holders if cell.spare == 0 else ():
            alone.setdefault(holder, []).append(cell)
    return [Loss(one, tuple(own), _channels(own, stopped)) for one, own in sorted(alone.items())]


def _pairs(cells: Sequence[DeskCell]) -> list[frozenset[Any]]:
    """Return the pairs whose loss uncovers a cell, none of them a single point; huge cells are left out."""
    thin = [cell for cell in cells if cell.spare == 0 or (cell.spare == 1 and len(cell.holders) <= CROWD)]
    if not thin:
        return []
    return [cut for cut in minimal_cut_sets(*as_holders(thin), order=2) if len(cut) == 2]


def _worst_first(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    found = [loss for loss in losses if loss.cells]
    return tuple(sorted(found, key=lambda loss: (-len(loss.channels), -len(loss.cells), loss.who)))


def _doubts(desk: Desk, cells: Sequence[DeskCell], factor: ProvenCount | None, share: float) -> tuple[Sentence, ...]:
    notes = []
    if factor is not None and factor.status != EXACT:
        notes.append(Sentence("truck_not_proven", low=factor.bound, high=int(factor), share=share))
    unknown = [person.id for person in desk.team() if person.working_hours is None]
    if desk.calendar.cover is not None and unknown:
        notes.append(Sentence("hours_not_told", count=len(unknown), people=shortened(unknown)))
    elif desk.calendar.cover is not None:
        asked = sum(share > 0 for share in desk.calendar.cover.slots())
        there = {hour for cell in cells if cell.kind == "hours" for hour in cell.hours}
        if asked > len(there):
            notes.append(Sentence("hours_without_anybody", hours=asked - len(there), asked=asked))
    team = desk.team()
    unsaid = [person.id for person in team if "duties" not in person.given()]
    if unsaid and len(team) > 1:
        notes.append(Sentence("duties_assumed_all", count=len(unsaid), people=shortened(unsaid)))
    unsaid = [person.id for person in team if "channels" not in person.given()]
    if unsaid and len(team) > 1:
        notes.append(Sentence("channels_assumed_all", count=len(unsaid), people=shortened(unsaid)))
    silent = [channel.id for channel in desk.channels if channel.access is None]
    if silent:
        notes.append(Sentence("access_not_told", count=len(silent), channels=shortened(silent)))
    return tuple(notes)
