"""
Make the sample files of this folder: synthetic, seeded, the same at each run.

    python data/make_sample_data.py

``sample_volumes.csv``: twelve months of hourly counts on five channels of a mid-size company.
``enterprise_volumes.csv`` and ``enterprise_desk.yaml``: a group of companies with 300 channels.

The arrival model is the one the library fits: Poisson counts around an hour-of-week profile, times a gamma factor
shared by all hours of a day, times a small one for each hour. On top come public holidays, a slow growth, one viral
week and one collection gap, so that there is something to find.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np

SEED = 20261031
ISTANBUL = dt.timezone(dt.timedelta(hours=3))
FIRST = dt.date(2025, 11, 1)
LAST = dt.date(2026, 10, 31)
GAP = (dt.datetime(2026, 2, 10, 14, tzinfo=ISTANBUL), dt.datetime(2026, 2, 11, 19, tzinfo=ISTANBUL))
VIRAL_WEEK = dt.date(2026, 6, 8)  # a Monday
VIRAL_BY_DAY = (2.2, 4.0, 3.4, 2.6, 2.0, 1.6, 1.3)
VIRAL_SHARE = {"instagram": 1.0, "x": 1.0, "facebook": 0.5, "whatsapp": 0.3, "linkedin": 0.1}
GROWTH_PER_YEAR = 0.15
HOLIDAY_FACTOR = 0.55
HOLIDAYS = (  # public holidays of Türkiye within the twelve months
    *(dt.date(2026, 1, 1), dt.date(2026, 4, 23), dt.date(2026, 5, 1), dt.date(2026, 5, 19)),
    *(dt.date(2026, 3, day) for day in (20, 21, 22)),
    *(dt.date(2026, 5, day) for day in (27, 28, 29, 30)),
    *(dt.date(2026, 7, 15), dt.date(2026, 8, 30), dt.date(2026, 10, 29)),
)
MESSAGES_PER_DAY = {"instagram": 118, "facebook": 64, "x": 71, "whatsapp": 46, "linkedin": 11}
WEEKDAY = (1.12, 1.14, 1.10, 1.08, 1.06, 0.78, 0.72)
HOUR = (  # lunch at 12 to 13, evening at 20 to 22
    *(1.4, 0.8, 0.5, 0.3, 0.25, 0.3, 0.6, 1.4, 2.8, 4.4, 5.2, 5.8),
    *(7.2, 6.8, 5.4, 5.0, 5.0, 5.2, 5.4, 6.2, 7.6, 7.9, 6.2, 3.4),
)
OFFICE_HOUR = (*(0.1,) * 7, 1, 4, 8, 9, 9, 7, 8, 9, 9, 8, 6, 3, 1.5, 1, 1, 0.6, 0.3)


def sample_volumes(seed: int = SEED) -> str:
    """Return the text of ``sample_volumes.csv``."""
    rng = np.random.default_rng(seed)
    lines = ["timestamp,channel,messages"]
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + dt.timedelta(days=number)
        factor = rng.gamma(1 / 0.03, 0.03) * (1 + GROWTH_PER_YEAR) ** (number / 365 - 0.5)
        if day in HOLIDAYS:
            factor *= HOLIDAY_FACTOR
        since = (day - VIRAL_WEEK).days
        for hour in range(24):
            moment = dt.datetime(day.year, day.month, day.day, hour, tzinfo=ISTANBUL)
            stamp = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")
            for channel, per_day in MESSAGES_PER_DAY.items():
                office = channel == "linkedin"
                profile = np.array(OFFICE_HOUR if office else HOUR)
                mean = per_day * factor * WEEKDAY[day.weekday()] * profile[hour] / profile.sum()
                if office and day.weekday() >= 5:
                    mean *= 0.3
                if 0 <= since < 7:
                    mean *= 1 + (VIRAL_BY_DAY[since] - 1) * VIRAL_SHARE[channel]
                count = rng.poisson(mean * rng.gamma(1 / 0.02, 0.02))
                if not GAP[0] <= moment < GAP[1]:
                    lines.append(f"{stamp},{channel},{count}")
    return "\n".join(lines) + "\n"


CHANNELS = 300
PEOPLE = 40
COLLEAGUES = 380
AGENCIES = 12
WEEKS = 8
AS_OF = dt.date(2026, 11, 2)
REGIONS = {  # site: languages, share of channels
    "istanbul": (("tr", "en"), 0.4),
    "london": (("en", "de", "fr"), 0.4),
    "singapore": (("en", "ms"), 0.2),
}
PLATFORMS = ("instagram", "facebook", "x", "linkedin", "youtube", "tiktok")


def enterprise_channels(rng: np.random.Generator) -> list[dict[str, str]]:
    """Return id, site, language and platform of every channel."""
    found = []
    for number in range(CHANNELS):
        site = str(rng.choice(list(REGIONS), p=[share for _, share in REGIONS.values()]))
        language = REGIONS[site][0][min(int(rng.geometric(0.6)) - 1, len(REGIONS[site][0]) - 1)]
        platform = str(rng.choice(PLATFORMS, p=(0.28, 0.26, 0.16, 0.14, 0.08, 0.08)))
        found.append({"id": f"c{number + 1:03d}", "site": site, "language": language, "platform": platform})
    return found


def enterprise_volumes(channels: list[dict[str, str]], rng: np.random.Generator) -> str:
    """Return the text of ``enterprise_volumes.csv``: daily counts of eight weeks."""
    levels = rng.lognormal(mean=1.7, sigma=1.1, size=len(channels))
    lines = ["date,channel,messages"]
    first = AS_OF - dt.timedelta(days=7 * WEEKS)
    for number in range(7 * WEEKS):
        day = first + dt.timedelta(days=number)
        factor = rng.gamma(1 / 0.03, 0.03) * WEEKDAY[day.weekday()]
        counts = rng.poisson(levels * factor)
        lines += [f"{day},{channel['id']},{count}" for channel, count in zip(channels, counts, strict=True)]
    return "\n".join(lines) + "\n"


def listed(ids: list[str]) -> str:
    """Return a YAML list in one line."""
    return "[" + ", ".join(ids) + "]"


def enterprise_people(rng: np.random.Generator) -> list[dict[str, object]]:
    """Return the people of the central teams with site, languages and the other facts of their line."""
    people: list[dict[str, object]] = []
    sites = ["istanbul"] * 16 + ["london"] * 16 + ["singapore"] * 8
    for number, site in enumerate(sites[:PEOPLE]):
        known = REGIONS[site][0]
        languages = known if number % 3 == 0 else known[: 1 + number % 2]
        grade = "senior" if number % 8 == 0 else "junior" if number % 3 == 1 else "standard"
        narrow = "[community, on_call]" if number % 3 else "[community, publishing, analytics]"
        person: dict[str, object] = {
            "id": f"p{number + 1:02d}",
            "role": "manager" if grade == "senior" else "community_manager",
            "grade": grade,
            "site": site,
            "contract_hours_per_week": 24 if number % 11 == 5 else 40,
            "languages": list(dict.fromkeys([*languages, "en"])),
            "duties": "all" if grade == "senior" else narrow,
            "on_call": str(bool(rng.random() < 0.5)).lower(),
        }
        if number == 7:
            person["start"] = dt.date(2026, 9, 1)
        if number == 21:
            person["end"] = dt.date(2026, 12, 31)
        people.append(person)
    return people


def enterprise_holders(rng: np.random.Generator) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """Return the lines of the access holders, the colleagues by site, and the agencies."""
    lines, by_site = [], {site: [] for site in REGIONS}
    for number in range(COLLEAGUES):
        key = f"h{number + 1:03d}"
        site = str(rng.choice(list(REGIONS), p=[share for _, share in REGIONS.values()]))
        by_site[site].append(key)
        extra = ""
        if rng.random() < 0.09:  # leavers who still hold access
            extra += f", end: {AS_OF - dt.timedelta(days=int(rng.integers(20, 700)))}"
        if rng.random() < 0.06:
            extra += ", private_address: true"
        lines.append(f"  - {{id: {key}, site: {site}{extra}}}")
    agencies = [f"agency-{number + 1:02d}" for number in range(AGENCIES)]
    lines += [f"  - {{id: {key}, employment: agency, organisation: {key}}}" for key in agencies]
    return lines, by_site, agencies


def enterprise_desk(channels: list[dict[str, str]], rng: np.random.Generator) -> str:
    """Return the text of ``enterprise_desk.yaml``."""
    people = enterprise_people(rng)
    holders, colleagues, agencies = enterprise_holders(rng)
    answers: dict[str, list[str]] = {str(person["id"]): [] for person in people}

    def some(pool: list[str], least: int, most: int) -> list[str]:
        size = min(len(pool), int(rng.integers(least, most + 1)))
        return sorted(str(key) for key in rng.choice(pool, size=size, replace=False))

    lines = []
    for channel in channels:
        site, language = channel["site"], channel["language"]
        team = [str(person["id"]) for person in people if person["site"] == site]
        speakers = [
            str(person["id"]) for person in people if person["site"] == site and language in person["languages"]
        ]
        answering = some(speakers, 1, 5)
        for key in answering:
            answers[key].append(channel["id"])
        kind = rng.random()
        if kind < 0.09:  # an agency is the only owner
            owners = some(agencies, 1, 1)
        elif kind < 0.35:  # one owner
            owners = some(team + colleagues[site], 1, 1)
        else:
            owners = some(team, 1, 2) + some(colleagues[site], 1, 3)
        access = [f"owner: {listed(owners)}", f"editor: {listed(answering + some(colleagues[site], 0, 6))}"]
        if rng.random() < 0.8:
            access.append(f"recovery_email: {listed(some(colleagues[site] + team, 1, 2))}")
        if rng.random() < 0.7:
            access.append(f"second_factor: {listed(some(team, 1, 2))}")
        if rng.random() < 0.2:
            changed = AS_OF - dt.timedelta(days=int(rng.integers(30, 900)))
            access.append(f"shared_password: true, password_changed_on: {changed}")
        if rng.random() < 0.07:
            access.append("private_address: true")
        lines.append(
            f"  - {{id: {channel['id']}, platform: {channel['platform']}, languages: [{language}], "
            f"access: {{{', '.join(access)}}}}}"
        )
    for person in people:
        person["channels"] = answers[str(person["id"])]
    head = (Path(__file__).parent / "enterprise_head.yaml").read_text(encoding="utf-8")
    parts = {"people": [described(person) for person in people], "access_holders": holders, "channels": lines}
    return head + "".join(f"\n{name}:\n" + "\n".join(rows) + "\n" for name, rows in parts.items())


def described(person: dict[str, object]) -> str:
    """Return a person as one line of YAML."""
    parts = (f"{key}: {listed(value) if isinstance(value, list) else value}" for key, value in person.items())
    return f"  - {{{', '.join(parts)}}}"


def main(folder: Path) -> None:
    """Write the three files into ``folder``."""
    rng = np.random.default_rng(SEED + 1)
    channels = enterprise_channels(rng)
    texts = {
        "sample_volumes.csv": sample_volumes(),
        "enterprise_volumes.csv": enterprise_volumes(channels, rng),
        "enterprise_desk.yaml": enterprise_desk(channels, rng),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
