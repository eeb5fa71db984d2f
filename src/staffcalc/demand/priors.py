"""Volume without history: from followers or accounts and published averages, with honest wide ranges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from staffcalc._checks import at_least, whole
from staffcalc._result import Assumption
from staffcalc._words import Sentence
from staffcalc.demand.volume import Volume
from staffcalc.demand.zones import zone
from staffcalc.errors import InputError
from staffcalc.reference.lookup import Figure, figure

_FOLLOWERS = {"facebook": "msgs_per_1000_facebook_fans_per_month", "x": "msgs_per_1000_twitter_followers_per_month"}
_SAME = {"twitter": "x", "x": "x", "facebook": "facebook"}
_WEEKS_PER_MONTH = 365.25 / 12 / 7


def volume_from_priors(
    followers: Mapping[str, int] | None = None,
    *,
    timezone: str,
    accounts: Mapping[str, int] | None = None,
    posts_per_week: Mapping[str, float] | None = None,
    messages_per_post: float | None = None,
) -> Volume:
    """
    Estimate the volume of a team that has no export yet.

    Parameters
    ----------
    followers : mapping of str to int, optional
        Followers of each channel. Channels named facebook, twitter or x take the figure of their platform, others the
        mean of both. [people]
    timezone : str
        IANA zone of the customers.
    accounts : mapping of str to int, optional
        Accounts of each channel, where followers are not known. [accounts]
    posts_per_week : mapping of str to float, optional
        Posts of each channel; needs ``messages_per_post``. [posts/week]
    messages_per_post : float, optional
        Messages that a post brings. Nobody has published one. [messages]

    Returns
    -------
    Volume
        With ``weeks=0`` and a wide ``level_sd``; every figure is in its assumptions.

    Raises
    ------
    InputError
        If nothing is given, a channel is given twice, or posts come without messages a post.

    Notes
    -----
    The published averages are from 2013 to 2016 and from vendors: brands differ by a factor of three and more. Use
    this to start a conversation, never to sign a contract; four weeks of an own export are worth more.

    Examples
    --------
    >>> volume = volume_from_priors({"facebook": 100_000}, timezone="Europe/Istanbul")
    >>> round(volume.messages_per_day), volume.level_sd
    (128, 0.8)
    """
    zone(timezone)
    for name, pairs in (("followers", followers), ("accounts", accounts), ("posts_per_week", posts_per_week)):
        keys: object = dict.fromkeys(pairs) if isinstance(pairs, Mapping) else pairs
        if keys is not None and not (isinstance(keys, dict) and all(isinstance(key, str) for key in keys)):
            raise InputError("amounts_not_paired", name=name, value=str(pairs)[:60])
    weekly: dict[str, float] = {}
    used: list[Figure] = [figure("prior_level_cv"), figure("day_factor_cv"), figure("week_cv")]
    for channel, count in (followers or {}).items():
        names = [_FOLLOWERS[_SAME[channel.lower()]]] if channel.lower() in _SAME else list(_FOLLOWERS.values())
        rates = [figure(name) for name in names]
        used += rates
        rate = float(np.mean([found.value for found in rates]))
        weekly[channel] = whole(f"followers[{channel}]", count) / 1000 * rate / _WEEKS_PER_MONTH
    for channel, count in (accounts or {}).items():
        _once(channel, weekly)
        used.append(figure("msgs_per_social_account_per_quarter"))
        weekly[channel] = whole(f"accounts[{channel}]", count) * used[-1].value / 13
    if posts_per_week and messages_per_post is None:
        raise InputError("messages_per_post_missing")
    for channel, posts in (posts_per_week or {}).items():
        _once(channel, weekly)
        weekly[channel] = at_least(f"posts_per_week[{channel}]", posts) * at_least(
            "messages_per_post", messages_per_post
        )
    if not weekly:
        raise InputError("priors_empty")
    shape, shape_figures = _shape()
    unique = {found.name: found for found in [*used, *shape_figures]}
    assumptions: list[Assumption] = [found.assumption() for found in unique.values()]
    if messages_per_post is not None:
        assumptions.append(Assumption(name="messages_per_post", value=float(messages_per_post), unit="message"))
    return Volume(
        channels=tuple(weekly),
        timezone=timezone,
        profile=np.outer(shape, list(weekly.values())),
        day_cv=figure("day_factor_cv").value,
        week_cv=figure("week_cv").value,
        hour_cv=0.0,
        level_sd=figure("prior_level_cv").value,
        weeks=0.0,
        notes=(Sentence("volume_from_priors"),),
        assumptions=tuple(assumptions),
        sources=tuple(dict.fromkeys(part.source for part in assumptions)),
    )


def _once(channel: str, weekly: dict[str, float]) -> None:
    if channel in weekly:
        raise InputError("channel_twice", channel=channel)


def _shape() -> tuple[np.ndarray, list[Figure]]:
    """Return the share of the week in each hour: a bell over the day with the published peak, and quieter weekends."""
    from scipy.optimize import brentq

    peak, hour, weekend = (
        figure(name) for name in ("peak_hour_share_of_day", "prior_peak_hour", "weekend_share_of_volume")
    )
    angle = 2 * np.pi * (np.arange(24) - hour.value) / 24

    def height(sharpness: float) -> float:
        bell = np.exp(sharpness * np.cos(angle))
        return float(bell.max() / bell.sum() - peak.value)

    bell = np.exp(brentq(height, 0.01, 20.0) * np.cos(angle))
    days = np.array([(1 - weekend.value) / 5] * 5 + [weekend.value / 2] * 2)
    return np.outer(days, bell / bell.sum()).ravel(), [peak, hour, weekend]
