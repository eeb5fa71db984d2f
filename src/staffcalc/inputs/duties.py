"""The nine duties of a social media team and what they take. Every input may be left out."""

from __future__ import annotations

from staffcalc.inputs.calendars import WeekHours
from staffcalc.inputs.fields import Amount, AmountRange, Facts, Positive, PositiveRange, Share, ShareRange, Whole, fact


class Publishing(Facts):
    """Posts, their adaptation to channels and languages, and their approval."""

    posts_per_week: AmountRange | None = fact("Master posts", unit="post/week", example=10)
    adaptations_per_post: AmountRange | None = fact(
        "Versions beside the master, for channels, formats and languages", unit="version", example=3
    )
    minutes_per_master_post: AmountRange | None = fact("Making one master post", unit="minute", example=90)
    minutes_per_adaptation: AmountRange | None = fact("Adapting it once", unit="minute", example=15)
    approval_steps: AmountRange | None = fact("Approvals each post passes", unit="step", example=2)
    minutes_per_approval_step: AmountRange | None = fact(
        "The team's own time for one approval", unit="minute", example=10
    )
    rework_share: ShareRange | None = fact("Share of the work that is done again", unit="share", example=0.1)


class Community(Facts):
    """Answering messages, beyond the handle time that channels give."""

    replies_per_conversation: PositiveRange | None = fact(
        "Replies in one conversation, where volumes count conversations", unit="reply", example=1.5
    )
    reopen_share: ShareRange | None = fact("Share of answered messages that come back", unit="share", example=0.1)
    escalated_share: ShareRange | None = fact("Share of replies that are escalated", unit="share", example=0.1)
    minutes_per_escalation: AmountRange | None = fact("Extra time of one escalation", unit="minute")
    abusive_share: Share | None = fact(
        "Share of handled messages that are abusive or distressing", unit="share", example=0.03
    )
    low_control_share: Share | None = fact(
        "Share of the work without a say over timing or priority", unit="share", example=0.4
    )


class Crisis(Facts):
    """The front line when something goes wrong."""

    crises_per_year: AmountRange | None = fact("Crises", unit="crisis/year", example=2)
    hours_per_crisis: AmountRange | None = fact("Hours of the whole team for one crisis", unit="hour", example=40)
    drills_per_year: AmountRange | None = fact("Exercises", unit="exercise/year", example=1)
    hours_per_drill: AmountRange | None = fact("Hours of the whole team for one exercise", unit="hour", example=8)


class Education(Facts):
    """Teaching colleagues, in courses and in small talks."""

    courses_per_year: AmountRange | None = fact("Courses", unit="course/year", example=4)
    hours_per_course: AmountRange | None = fact("Preparing and running one course", unit="hour", example=12)
    talks_per_day: AmountRange | None = fact("Small talks and questions on a working day", unit="talk/day", example=6)
    minutes_per_talk: AmountRange | None = fact("One small talk", unit="minute", example=5)


class Security(Facts):
    """Access governance: reviews, joiners, leavers, rotations, inventory, incidents."""

    users: Whole | None = fact("People who hold access to a channel", unit="person", example=12)
    accesses_per_user: AmountRange | None = fact("Accesses of one user", unit="access", example=4)
    access_reviews_per_year: AmountRange | None = fact("Access reviews", unit="review/year", example=4)
    minutes_per_access_review_item: AmountRange | None = fact("Reviewing one access", unit="minute", example=2)
    leaver_share_per_year: ShareRange | None = fact("Users who leave in a year", unit="share/year", example=0.2)
    joiner_share_per_year: ShareRange | None = fact(
        "Users who join in a year; as leavers if left out", unit="share/year"
    )
    minutes_per_leaver: AmountRange | None = fact("Removing one leaver", unit="minute", example=60)
    minutes_per_joiner: AmountRange | None = fact("Setting up one joiner", unit="minute", example=60)
    channels_rotated_per_leaver: AmountRange | None = fact(
        "Shared passwords changed for one leaver", unit="channel", example=4
    )
    minutes_per_rotation: AmountRange | None = fact("Changing one password", unit="minute", example=10)
    inventories_per_year: AmountRange | None = fact("Channel inventories", unit="inventory/year", example=4)
    minutes_per_inventory_item: AmountRange | None = fact("Checking one channel", unit="minute", example=5)
    watch_hours_per_week: AmountRange | None = fact("Watching for misuse", unit="hour/week", example=5)
    policy_hours_per_year: AmountRange | None = fact("Policy and training", unit="hour/year", example=120)
    incidents_per_year: AmountRange | None = fact("Security incidents", unit="incident/year", example=2)
    hours_per_incident: AmountRange | None = fact("One security incident", unit="hour", example=6)


class Tools(Facts):
    """Owning the tool stack."""

    tools: Whole | None = fact("Tools", unit="tool", example=3)
    seats: Whole | None = fact("Paid seats", unit="seat", example=6)
    admin_hours_per_week: AmountRange | None = fact("Administration of all tools", unit="hour/week", example=2)
    cost_per_year: AmountRange | None = fact("Licences", unit="money/year")


class Analytics(Facts):
    """Reports and questions about numbers."""

    reports_per_month: AmountRange | None = fact("Regular reports", unit="report/month", example=4)
    hours_per_report: AmountRange | None = fact("Making one report", unit="hour", example=3)
    automated_share: ShareRange | None = fact("Share of the reporting that runs by itself", unit="share", example=0.2)
    requests_per_month: AmountRange | None = fact("Ad-hoc questions", unit="request/month", example=6)
    hours_per_request: AmountRange | None = fact("Answering one question", unit="hour", example=1)


class Change(Facts):
    """Keeping up with platforms that change."""

    platforms: Whole | None = fact("Platforms watched", unit="platform", example=4)
    hours_per_platform_week: AmountRange | None = fact("Watching one platform", unit="hour/week", example=0.5)
    new_platforms_per_year: AmountRange | None = fact(
        "New platforms or large features taken up", unit="platform/year", example=1
    )
    hours_per_new_platform: AmountRange | None = fact("Taking one up", unit="hour", example=30)


class OnCall(Facts):
    """Standby outside working hours."""

    hours: WeekHours | None = fact(
        "Hours with somebody on call; left out: cover hours outside opening hours", unit="hour of week"
    )
    roles: Whole | None = fact("People on call at the same time: 1 primary, 2 with a secondary", unit="role", example=1)
    max_fraction: Share | None = fact("Largest share of weeks one person is on call", unit="share", example=0.25)
    critical_mass: Whole | None = fact("Fewest people in a rotation", unit="person")
    buffer: Whole | None = fact("People on top, for leave and leavers", unit="person")
    response_minutes: Positive | None = fact("Time to react to an alert", unit="minute", example=30)
    commute_minutes: Amount | None = fact("Longest way to a keyboard", unit="minute")
    incidents_per_week: AmountRange | None = fact(
        "Alerts that need work, outside working hours", unit="incident/week", example=1.5
    )
    incident_variance_ratio: Positive | None = fact("Variance over mean of alerts a shift; 1 is Poisson", unit="ratio")
    hours_per_incident: AmountRange | None = fact("Work of one alert", unit="hour", example=1)
    shift_hours: Positive | None = fact("Length of one on-call shift", unit="hour", example=12)
    paged_nights_per_week: Amount | None = fact(
        "Nights with an alert, for the whole rotation", unit="night/week", example=1
    )
    counted_share: Share | None = fact("Share of standby that counts as working time", unit="share", example=0)
    overlap_minutes: Amount | None = fact("Hand-over between shifts", unit="minute", example=15)


class Duties(Facts):
    """Inputs of the nine duties; on call has its own section of the desk."""

    publishing: Publishing | None = fact("Posts, adaptations, approvals", unit="inputs")
    community: Community | None = fact("Answering messages", unit="inputs")
    crisis: Crisis | None = fact("Front line of crises", unit="inputs")
    education: Education | None = fact("Teaching colleagues", unit="inputs")
    security: Security | None = fact("Access governance", unit="inputs")
    tools: Tools | None = fact("Owning the tools", unit="inputs")
    analytics: Analytics | None = fact("Reports and questions", unit="inputs")
    change: Change | None = fact("Keeping up with platforms", unit="inputs")
