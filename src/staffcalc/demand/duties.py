"""The hours of the duties beside messages: a few lines of arithmetic each, on inputs and published figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from staffcalc.demand.estimate import Estimate, Inputs, add
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.duties import Analytics, Change, Crisis, Education, Publishing, Security, Tools
from staffcalc.reference.lookup import figure

WEEKS_PER_YEAR = 52
ONE = Estimate(1.0, 1.0, 1.0)
NONE = Estimate(0.0, 0.0, 0.0)


@dataclasses.dataclass(frozen=True)
class Item:
    """One line of the ledger: a piece of a duty and its hours a week."""

    duty: str
    item: str
    hours: Estimate


def team_size(desk: Desk, duty: str) -> int:
    """Return how many people of the team carry a duty; at least one."""
    carriers = [person for person in desk.team() if person.duties == "all" or duty in person.duties]
    return max(1, len(carriers))


def publishing(desk: Desk, inputs: Inputs) -> list[Item]:
    """Posts, adaptations and approvals; a published figure by person where the desk gives no posts or minutes."""
    facts = desk.duties.publishing or Publishing()
    if facts.posts_per_week is None or facts.minutes_per_master_post is None:
        for name in ("posts_per_week", "minutes_per_master_post"):
            if getattr(facts, name) is None:
                inputs.asked.append(f"duties.publishing.{name}")
        people = float(team_size(desk, "publishing"))
        making = inputs.take(
            "hours_week_content_creation_per_person", None, default="hours_week_content_creation_per_person"
        )
        planning = inputs.take("hours_week_planning_per_person", None, default="hours_week_planning_per_person")
        return [
            Item("publishing", "content_by_person", (making or NONE) * people),
            Item("publishing", "planning_by_person", (planning or NONE) * people),
        ]
    take = _taker(inputs, "duties.publishing", facts)
    posts, master = take("posts_per_week", "post/week"), take("minutes_per_master_post", "minute")
    versions = take("adaptations_per_post", "version") if facts.adaptations_per_post is not None else NONE
    each = take("minutes_per_adaptation", "minute") if versions is not NONE else NONE
    steps = take("approval_steps", "step") if facts.approval_steps is not None else NONE
    approval = take("minutes_per_approval_step", "minute") if steps is not NONE else NONE
    again = take("rework_share", "share", "post_rework_share")
    rework = ONE if again is None else Estimate(1 + again.low, 1 + again.typical, 1 + again.high)
    per_hour = 1 / 60
    lines = [("master_posts", ONE, master), ("adaptations", versions, each), ("approvals", steps, approval)]
    return [
        Item("publishing", name, (posts or NONE) * (times or NONE) * (minutes or NONE) * rework * per_hour)
        for name, times, minutes in lines
        if times is not NONE
    ]


def crisis(desk: Desk, inputs: Inputs) -> list[Item]:
    """Crises and exercises; nobody has published how many hours they take."""
    take = _taker(inputs, "duties.crisis", desk.duties.crisis or Crisis())
    items = [_yearly("crisis", "crises", take("crises_per_year", "crisis/year"), take("hours_per_crisis", "hour"))]
    facts = desk.duties.crisis
    if facts is not None and facts.drills_per_year is not None:
        drills = take("drills_per_year", "exercise/year"), take("hours_per_drill", "hour")
        items.append(_yearly("crisis", "drills", *drills))
    return items


def education(desk: Desk, inputs: Inputs) -> list[Item]:
    """Courses and small talks on working days; a guess for the whole team where the desk gives neither."""
    facts = desk.duties.education or Education()
    items = []
    take = _taker(inputs, "duties.education", facts)
    if facts.courses_per_year is not None:
        items.append(
            _yearly("education", "courses", take("courses_per_year", "course/year"), take("hours_per_course", "hour"))
        )
    if facts.talks_per_day is not None:
        days = 7 - len(desk.calendar.weekend)
        talks = (take("talks_per_day", "talk/day") or NONE) * (take("minutes_per_talk", "minute") or NONE)
        items.append(Item("education", "talks", talks * (days / 60)))
    if not items:
        guess = inputs.take("duties.education", None, default="hours_week_training_others")
        items.append(Item("education", "training_others", guess or NONE))
    return items


def security(desk: Desk, inputs: Inputs) -> list[Item]:
    """
    Access governance: reviews, joiners and leavers, rotations, inventory, watch, policy, incidents.

    Notes
    -----
    The defaults of watch, policy and incidents come from a group with 300 channels (``governance_base_accounts``); a
    smaller team takes its part of them, a larger one takes them as they are. What the desk gives is never scaled.
    """
    facts = desk.duties.security or Security()
    take = _taker(inputs, "duties.security", facts)
    accounts = float(sum(channel.account_count for channel in desk.channels))
    users = _users(desk, facts, inputs)
    part = min(1.0, accounts / figure("governance_base_accounts").value)

    def fixed(name: str, unit: str, default: str) -> Estimate:
        taken = take(name, unit, default) or NONE
        return taken if getattr(facts, name) is not None else taken * part

    minute = 1 / 60
    accesses = users * (take("accesses_per_user", "access", "accesses_per_user") or NONE)
    reviews = take("access_reviews_per_year", "review/year", "access_reviews_per_year") or NONE
    review = take("minutes_per_access_review_item", "minute", "minutes_per_access_review_item") or NONE
    leaving = take("leaver_share_per_year", "share/year", "staff_leavers_per_year") or NONE
    joining = leaving
    if facts.joiner_share_per_year is not None:
        joining = take("joiner_share_per_year", "share/year") or NONE
    leavers, joiners = users * leaving, users * joining
    removing = take("minutes_per_leaver", "minute", "minutes_to_deprovision_leaver") or NONE
    adding = take("minutes_per_joiner", "minute", "minutes_to_provision_joiner") or NONE
    rotated = take("channels_rotated_per_leaver", "channel", "channels_rotated_per_leaver") or NONE
    rotation = take("minutes_per_rotation", "minute", "minutes_per_password_rotation") or NONE
    counts = take("inventories_per_year", "inventory/year", "channel_inventories_per_year") or NONE
    check = take("minutes_per_inventory_item", "minute", "minutes_per_channel_inventory_item") or NONE
    incidents = fixed("incidents_per_year", "incident/year", "social_incidents_per_year_enterprise")
    each = take("hours_per_incident", "hour", "hours_per_incident") or NONE
    yearly = [
        ("access_review", accesses * reviews * review * minute),
        ("leavers", leavers * removing * minute),
        ("joiners", joiners * adding * minute),
        ("rotations", leavers * rotated * rotation * minute),
        ("inventory", counts * check * (accounts * minute)),
        ("watch", fixed("watch_hours_per_week", "hour/week", "hours_week_access_watch") * WEEKS_PER_YEAR),
        ("policy", fixed("policy_hours_per_year", "hour/year", "hours_year_policy_and_training")),
        ("incidents", incidents * each),
    ]
    return [Item("security", name, hours * (1 / WEEKS_PER_YEAR)) for name, hours in yearly]


def _users(desk: Desk, facts: Security, inputs: Inputs) -> Estimate:
    """Return the people with access: as given, or everybody the desk lists."""
    if facts.users is not None:
        return inputs.take("duties.security.users", float(facts.users), unit="person") or NONE
    return Estimate(*(float(len(desk.people) + len(desk.access_holders)),) * 3)


def tools(desk: Desk, inputs: Inputs) -> list[Item]:
    """Administration of the tools; by seats where the desk gives no hours."""
    facts = desk.duties.tools or Tools()
    if facts.admin_hours_per_week is not None:
        given = inputs.take("duties.tools.admin_hours_per_week", facts.admin_hours_per_week, unit="hour/week")
        return [Item("tools", "tool_admin", given or NONE)]
    seats = facts.seats if facts.seats is not None else max(1, len(desk.team()))
    rate = inputs.take("hours_week_tool_admin_per_10_seats", None, default="hours_week_tool_admin_per_10_seats")
    return [Item("tools", "tool_admin", (rate or NONE) * (seats / 10))]


def analytics(desk: Desk, inputs: Inputs) -> list[Item]:
    """Reports and questions; a published figure by person where the desk gives neither."""
    facts = desk.duties.analytics or Analytics()
    take = _taker(inputs, "duties.analytics", facts)
    items = []
    per_week = 12 / WEEKS_PER_YEAR
    if facts.reports_per_month is not None:
        share = take("automated_share", "share") if facts.automated_share is not None else NONE
        share = share or NONE
        left = Estimate(1 - share.high, 1 - share.typical, 1 - share.low)
        hours = (take("reports_per_month", "report/month") or NONE) * (take("hours_per_report", "hour") or NONE)
        items.append(Item("analytics", "reports", hours * left * per_week))
    if facts.requests_per_month is not None:
        hours = (take("requests_per_month", "request/month") or NONE) * (take("hours_per_request", "hour") or NONE)
        items.append(Item("analytics", "requests", hours * per_week))
    if not items:
        rate = inputs.take("hours_week_analytics_per_person", None, default="hours_week_analytics_per_person")
        items.append(Item("analytics", "analytics_by_person", (rate or NONE) * float(team_size(desk, "analytics"))))
    return items


def change(desk: Desk, inputs: Inputs) -> list[Item]:
    """Keeping up with platforms; a guess for the whole team where the desk gives nothing."""
    facts = desk.duties.change or Change()
    take = _taker(inputs, "duties.change", facts)
    items = []
    if facts.platforms is not None or facts.hours_per_platform_week is not None:
        platforms = facts.platforms
        if platforms is None:
            platforms = len({channel.platform or channel.id for channel in desk.channels})
        watched = inputs.take("duties.change.platforms", float(platforms), unit="platform") or NONE
        watch = watched * (take("hours_per_platform_week", "hour/week") or NONE)
        items.append(Item("change", "platform_watch", watch))
    if facts.new_platforms_per_year is not None:
        new = take("new_platforms_per_year", "platform/year"), take("hours_per_new_platform", "hour")
        items.append(_yearly("change", "new_platforms", *new))
    if not items:
        guess = inputs.take("duties.change", None, default="hours_week_platform_change")
        items.append(Item("change", "platform_watch", guess or NONE))
    return items


def on_call(desk: Desk, inputs: Inputs) -> list[Item]:
    """Alerts that need work, and hand-overs. Standby itself is no work in this ledger: see ``size_on_call``."""
    facts = desk.on_call
    if facts is None:
        return [Item("on_call", "alerts", NONE)]
    take = _taker(inputs, "on_call", facts)
    alerts = take("incidents_per_week", "incident/week") or NONE
    return [Item("on_call", "alerts", alerts * (take("hours_per_incident", "hour", "hours_per_incident") or NONE))]


BESIDE_MESSAGES: dict[str, Callable[[Desk, Inputs], list[Item]]] = {
    "publishing": publishing,
    "crisis": crisis,
    "education": education,
    "security": security,
    "tools": tools,
    "analytics": analytics,
    "change": change,
    "on_call": on_call,
}
"""The function that writes the lines of each duty."""


def _taker(inputs: Inputs, section: str, facts: object) -> Callable[..., Estimate | None]:
    def take(name: str, unit: str, default: str | None = None) -> Estimate | None:
        return inputs.take(f"{section}.{name}", getattr(facts, name), unit=unit, default=default)

    return take


def _yearly(duty: str, item: str, times: Estimate | None, hours: Estimate | None) -> Item:
    return Item(duty, item, (times or NONE) * (hours or NONE) * (1 / WEEKS_PER_YEAR))


def total(items: list[Item]) -> Estimate:
    """Return the hours a week of several lines."""
    return add(item.hours for item in items)
