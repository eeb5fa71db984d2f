"""The channels on which messages arrive, and how they are handled."""

from __future__ import annotations

from staffcalc.inputs.access import Access
from staffcalc.inputs.fields import Amount, Facts, Flag, Id, Language, Positive, PositiveRange, ShareRange, Whole, fact


class Channel(Facts):
    """
    One inbox or account.

    Examples
    --------
    >>> Channel(id="instagram", aht_minutes={"low": 2, "typical": 5, "high": 9}).aht_minutes.typical
    5.0
    """

    id: Id = fact("Name of the channel, as in the volume file", unit="id", required=True, example="instagram")
    platform: str | None = fact(
        "Platform; channels of one platform share its changes", unit="text", example="instagram"
    )
    languages: tuple[Language, ...] = fact(
        "Languages that must be answered", unit="code", default=(), example=["tr", "en"]
    )
    needs_reply_share: ShareRange | None = fact("Share of the messages that need a reply", unit="share", example=0.4)
    aht_minutes: PositiveRange | None = fact(
        "Average handle time of one reply, work after it included",
        unit="minute",
        example={"low": 3, "typical": 5, "high": 8},
    )
    aht_cv: Amount | None = fact("Variation of the handle time: standard deviation over mean", unit="ratio", example=1)
    concurrency: Positive | None = fact(
        "Conversations that one person serves at the same time", unit="conversation", example=1
    )
    interruptible: Flag = fact("A reply can be parked when something urgent arrives", unit="yes or no", default=True)
    patience_minutes: Positive | None = fact("Mean time before a sender gives up; left out: never", unit="minute")
    target: Id | None = fact("Response target by its id; left out: the first target", unit="id", example="standard")
    weight: Positive = fact("Importance when channels are weighed against each other", unit="weight", default=1.0)
    account_count: Whole = fact("Accounts behind this channel", unit="account", default=1)
    access: Access | None = fact("Who can get in, layer by layer", unit="ids")
