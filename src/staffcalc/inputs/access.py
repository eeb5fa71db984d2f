"""Who can get into which account: owners, editors, recovery addresses and second factors."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from staffcalc.inputs.fields import Facts, Flag, Id, Whole, fact

LAYERS = ("owner", "editor", "recovery_email", "second_factor")
"""Access layers; a channel works only if every layer has a holder."""


class AccessRequired(Facts):
    """How many holders each access layer must keep."""

    owner: Whole | None = fact("Owners or administrators", unit="person")
    editor: Whole | None = fact("People who can post and answer", unit="person")
    recovery_email: Whole | None = fact("People who read the recovery mailbox", unit="person")
    second_factor: Whole | None = fact("People with a device or code for the second factor", unit="person")


class Access(Facts):
    """Holders of each access layer of one channel. A layer left out is not judged; an empty list means nobody."""

    owner: tuple[Id, ...] | None = fact("Ids of owners or administrators", unit="id")
    editor: tuple[Id, ...] | None = fact("Ids of people who can post and answer", unit="id")
    recovery_email: tuple[Id, ...] | None = fact("Ids of people who read the recovery mailbox", unit="id")
    second_factor: tuple[Id, ...] | None = fact("Ids of people who hold a second-factor device or code", unit="id")
    required: AccessRequired | None = fact(
        "Holders each layer must keep; one if left out, and more are only advised", unit="person"
    )
    shared_password: Flag | None = fact("One password that several people know", unit="yes or no")
    password_changed_on: dt.date | None = fact("Day of the last password change", unit="date")
    private_address: Flag | None = fact("Account registered to a private address or phone", unit="yes or no")

    def holders(self, layer: str) -> tuple[str, ...] | None:
        """Return the ids that hold a layer, or None where the client did not say."""
        held: tuple[str, ...] | None = getattr(self, layer)
        return held


class AccessHolder(Facts):
    """Somebody who holds access but is not listed as a person of the team. An id, never a name."""

    id: Id = fact("Id used in the access lists", unit="id", required=True, example="agency-1")
    employment: Literal["employee", "contractor", "agency"] = fact(
        "Relation to the company", unit="word", default="employee"
    )
    organisation: str | None = fact("Agency or vendor, for losses that strike together", unit="text")
    site: Id | None = fact("Site", unit="id")
    email_domain: str | None = fact("Domain of the address that holds the access", unit="text", example="example.com")
    private_address: Flag = fact("Access hangs on a private address", unit="yes or no", default=False)
    end: dt.date | None = fact("Last day; a day in the past means a leaver who still holds access", unit="date")


class Group(Facts):
    """People or holders who can be lost together: one site, one vendor, one phone, one e-mail domain."""

    id: Id = fact("Id of the group", unit="id", required=True, example="vendor-1")
    kind: Literal["site", "vendor", "phone", "email_domain", "other"] = fact(
        "What they share", unit="word", default="other"
    )
    members: tuple[Id, ...] = fact("Ids of people, access holders or other groups", unit="id", required=True)
