"""What may be shown of a survey: minimum group, all or none, and differences between tables."""

from __future__ import annotations

from typing import NamedTuple

from staffcalc._checks import at_least, share, whole
from staffcalc.burnout.guardrails import check_min_group
from staffcalc.errors import InputError
from staffcalc.reference.lookup import figure


class Release(NamedTuple):
    """Whether a result may be shown; the reason is for the audit log, never for the reader."""

    released: bool
    reason: str | None


def release_rule(
    n: int | None = None,
    *,
    at_line: int | None = None,
    team: int | None = None,
    released_subset: int | None = None,
    min_group: int | None = None,
) -> Release:
    """
    Decide whether the result of one group may be shown.

    Parameters
    ----------
    n : int, optional
        People who answered. [people]
    at_line : int, optional
        How many of them are at or above the line. [people]
    team, released_subset : int, optional
        Size of a team and of a part of it that is shown beside it. [people]
    min_group : int, optional
        Smallest group that is shown: five, or more. [people]

    Returns
    -------
    Release
        ``released`` and the first reason against it: ``too_small``, ``homogeneous`` or ``differencing``.

    Raises
    ------
    InputError
        If ``min_group`` is below five or the counts contradict each other.

    Examples
    --------
    >>> release_rule(4).reason, release_rule(5, at_line=5).reason, release_rule(team=9, released_subset=6).reason
    ('too_small', 'homogeneous', 'differencing')
    """
    least = check_min_group(min_group)
    if n is not None:
        people = whole("n", n, 0, unit="people")
        if at_line is not None and whole("at_line", at_line, 0, unit="people") > people:
            raise InputError("burnout_counts", k=at_line, n=people)
        if people < least:
            return Release(False, "too_small")
        if at_line in (0, people):
            return Release(False, "homogeneous")
    if team is not None and released_subset is not None:
        rest = whole("team", team, 0, unit="people") - whole("released_subset", released_subset, 0, unit="people")
        if rest < 0:
            raise InputError("burnout_counts", k=released_subset, n=team)
        if 0 < rest < least:
            return Release(False, "differencing")
    return Release(True, None)


def non_response_bounds(at_line: int, *, answered: int, invited: int) -> tuple[float, float]:
    """
    Return the bounds of the share at or above the line when nothing is known of those who did not answer.

    Parameters
    ----------
    at_line : int
        People at or above the line. [people]
    answered, invited : int
        People who answered and who were asked. [people]

    Returns
    -------
    tuple of float
        From ``k / N`` to ``(k + N - n) / N``. [share]

    Examples
    --------
    >>> non_response_bounds(3, answered=8, invited=12)
    (0.25, 0.5833333333333334)
    """
    k = whole("at_line", at_line, 0, unit="people")
    n = whole("answered", answered, 0, unit="people")
    total = whole("invited", invited, 1, unit="people")
    if not k <= n <= total:
        raise InputError("burnout_counts", k=n, n=total)
    return k / total, (k + total - n) / total


class Posterior(NamedTuple):
    """Beta distribution of the share at or above the line after a survey."""

    mean: float
    low: float
    high: float
    alpha: float
    beta: float


def effective_size(mean: float, sd: float, /) -> float:
    """
    Return how many answers the model is worth: ``min(mu (1 - mu) / var - 1, cap)``. [people]

    Examples
    --------
    >>> effective_size(0.273, 0.0725)
    20.0
    """
    mu = share("mean", mean, below_one=True, above_zero=True)
    spread = at_least("sd", sd, 0, above=True)
    return max(0.0, min(mu * (1 - mu) / spread**2 - 1, figure("survey_ess_cap").value))


def update_share(prior_mean: float, prior_size: float, *, at_line: int, answered: int) -> Posterior:
    """
    Combine the model with the answers of a team.

    Parameters
    ----------
    prior_mean : float
        Mean of the model's draws. [share]
    prior_size : float
        Effective size of the model, see :func:`effective_size`. [people]
    at_line, answered : int
        People at or above the line, and people who answered. [people]

    Returns
    -------
    Posterior
        Mean and 95% interval of ``Beta(mu ESS + k, (1 - mu) ESS + n - k)``. It gives the count away, so the release
        rule of the survey holds for it too.

    Examples
    --------
    >>> posterior = update_share(0.2726, 20, at_line=4, answered=5)
    >>> [round(float(part), 3) for part in posterior[:3]]
    [0.378, 0.203, 0.572]
    """
    from scipy import stats

    mu = share("prior_mean", prior_mean, below_one=True, above_zero=True)
    size = at_least("prior_size", prior_size, 0, above=True, unit="people")
    k, n = whole("at_line", at_line, 0, unit="people"), whole("answered", answered, 0, unit="people")
    if k > n:
        raise InputError("burnout_counts", k=k, n=n)
    alpha, beta = mu * size + k, (1 - mu) * size + n - k
    low, high = (float(stats.beta.ppf(at, alpha, beta)) for at in (0.025, 0.975))
    return Posterior(alpha / (alpha + beta), low, high, alpha, beta)
