"""Single points of failure of a desk, said so that a director understands, and the access review behind them."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

import staffcalc as sc
from staffcalc.errors import InputError
from staffcalc.inputs.access import LAYERS
from staffcalc.inputs.desk import Desk
from staffcalc.inputs.people import DUTIES
from staffcalc.outputs import plots, theme
from staffcalc.resilience.cells import CHANNEL_KINDS, hours_text, list_cells

STANDARD = {"id": "standard", "share": 0.9, "within_hours": 24}


def desk(**parts):
    facts = {
        "name": "Test team",
        "timezone": "Europe/Istanbul",
        "as_of": dt.date(2026, 11, 2),
        "targets": [STANDARD],
        "people": [{"id": "p1", "role": "manager"}, {"id": "p2", "role": "editor"}],
        "channels": [{"id": "instagram"}, {"id": "x"}],
    }
    return Desk.model_validate({**facts, **parts})


def access(owner=("p1", "p2"), editor=("p1", "p2"), recovery_email=("p1", "p2"), second_factor=("p1", "p2"), **more):
    layers = {"owner": owner, "editor": editor, "recovery_email": recovery_email, "second_factor": second_factor}
    return {key: list(value) for key, value in layers.items()} | more


def reasons(found):
    return set(sc.review_access(found).to_frame()["reason"])


def test_the_solo_desk_hangs_on_one_person_for_every_channel_and_every_duty():
    points = sc.find_single_points_of_failure(sc.read_desk("data/solo_desk.yaml"))
    assert (points.smallest_loss, points.truck_factor) == (1, 1)
    frame = points.to_frame()
    assert (frame["spare"] == 0).all()
    assert (frame["who"] == "p1").all()
    assert set(frame.loc[frame["kind"] == "duty", "cell"]) == set(DUTIES)
    assert len(points.losses) == 1
    assert set(points.losses[0].channels) == {"instagram", "facebook", "x", "whatsapp", "linkedin"}
    assert "single point of failure" in str(points.headline)
    assert "every duty" in str(points.headline)
    assert "tek hata noktası" in points.headline.say("tr")


def test_the_sample_desk_names_what_stops_without_each_person():
    points = sc.find_single_points_of_failure(sc.read_desk("data/sample_desk.yaml"))
    without = {loss.who: loss for loss in points.losses}
    assert set(without["p1"].channels) == {"linkedin", "instagram", "x", "facebook"}
    assert without["p2"].channels == ("whatsapp",)
    assert "nobody can reset the password of instagram, facebook, and x" in str(without["p1"].words())
    assert "second factor of whatsapp" in str(without["p2"].words())
    assert "single point" in str(points.headline)


def test_smallest_loss_and_truck_factor_equal_counting_every_set_of_people():
    found = sc.read_desk("data/sample_desk.yaml")
    points = sc.find_single_points_of_failure(found, share=0.9)
    cells = [cell for cell in points.cells if cell.kind in CHANNEL_KINDS]
    people = sorted({holder for cell in cells for holder in cell.holders})
    channels = {cell.subject for cell in cells}
    brute = next(
        size
        for size in range(len(people) + 1)
        for gone in itertools.combinations(people, size)
        if len({cell.subject for cell in cells if len(cell.holders - set(gone)) < cell.required}) > 0.9 * len(channels)
    )
    assert points.truck_factor == brute == 2
    assert points.smallest_loss == max(0, min(cell.spare for cell in points.cells) + 1)


def test_a_second_holder_of_everything_leaves_no_single_point():
    points = sc.find_single_points_of_failure(
        desk(channels=[{"id": "x", "access": access()}], people=[
            {"id": "p1", "role": "manager", "on_call": True}, {"id": "p2", "role": "editor", "on_call": True}
        ])
    )  # fmt: skip
    assert points.single == ()
    assert points.losses == ()
    assert points.pairs == (frozenset({"p1", "p2"}),)
    assert str(points.headline).startswith("No single point of failure: at least 2 people")
    assert "p1 and p2" in str(points.sentences[0])


def test_what_is_short_already_comes_first():
    found = desk(
        channels=[{"id": "instagram", "access": access(owner=())}, {"id": "x", "access": access(editor=["p1"])}]
    )
    points = sc.find_single_points_of_failure(found)
    assert points.smallest_loss == 0
    assert [cell.name for cell in points.short] == ["instagram"]
    assert points.to_frame().iloc[0]["spare"] == -1
    assert str(points.sentences[0]).startswith("Short already")
    assert "too few holders already" in str(points.headline)


def test_a_channel_that_is_down_already_is_not_stopped_again():
    found = desk(channels=[{"id": "x", "access": access(owner=(), editor=["p1"])}])
    points = sc.find_single_points_of_failure(found)
    assert [loss.channels for loss in points.losses] == [()]
    assert "without p1, 1 more thing stops, but no further channel" in str(points.headline)
    assert "more than 50% of the channels do not work already" in str(points.headline)
    assert "losing 0" not in str(points.headline)


def test_one_key_is_one_key_and_nobody_is_never_named_as_a_holder():
    people = [{"id": "p1", "role": "manager"}, {"id": "p2", "role": "editor", "end": "2026-10-31"}]
    held = access(owner=["p1", "p2"], editor=["p1"], recovery_email=["p1"], second_factor=["p1"])
    one = sc.review_access(desk(people=people, channels=[{"id": "x", "access": held}]))
    assert any("(1, with 1 key): p2, on x" in str(sentence) for sentence in one.findings)
    gone = [people[1], {**people[1], "id": "p1"}]
    alone = sc.review_access(desk(people=gone, channels=[{"id": "x", "access": access()}]))
    said = [str(sentence) for sentence in alone.findings]
    assert any(text.startswith("Nobody who is still here holds 4 keys, and nobody of the team could") for text in said)
    assert not any("add ." in text for text in said)


@pytest.mark.parametrize(
    "ask",
    [
        sc.find_single_points_of_failure,
        sc.rank_losses,
        sc.plan_cross_training,
        sc.review_access,
        lambda wrong: sc.survive(wrong, person="p1"),
    ],
)
@pytest.mark.parametrize("wrong", [None, 3, "data/sample_desk.yaml", {"p1": 1}])
def test_what_is_no_desk_is_refused_in_words(ask, wrong):
    with pytest.raises(InputError, match="a Desk is needed"):
        ask(wrong)


def test_the_absence_test_never_proposes_a_leaver():
    with pytest.raises(InputError) as refusal:
        sc.survive(sc.read_desk("data/sample_desk.yaml"), person="p9")
    assert "agency-1" in str(refusal.value)
    assert "former-1" not in str(refusal.value)


def test_more_required_than_held_is_short_and_never_below_minus_required():
    found = desk(channels=[{"id": "x", "access": access(owner=["p1"], required={"owner": 3})}])
    points = sc.find_single_points_of_failure(found)
    row = points.to_frame().iloc[0]
    assert (row["kind"], row["holders"], row["required"], row["spare"]) == ("owner", 1, 3, -2)


def test_a_leaver_is_no_cover_and_is_to_be_removed_today():
    found = desk(
        people=[{"id": "p1", "role": "manager"}, {"id": "p2", "role": "editor", "end": "2026-10-31"}],
        channels=[{"id": "x", "access": access()}],
    )
    points = sc.find_single_points_of_failure(found)
    assert {cell.holders for cell in points.cells} <= {frozenset({"p1"}), frozenset()}
    review = sc.review_access(found).to_frame()
    left = review[review["reason"] == "left"]
    assert list(left["layer"]) == list(LAYERS)
    assert set(left["holder"]) == {"p2"}
    assert set(left["due"]) == {"today"}
    assert any("(1, with 4 keys): p2, on x" in str(sentence) for sentence in points.sentences)


def test_a_person_whose_last_day_is_today_is_still_cover():
    found = desk(people=[{"id": "p1", "role": "manager"}, {"id": "p2", "role": "editor", "end": "2026-11-02"}])
    assert sc.find_single_points_of_failure(found).single == tuple(
        cell for cell in list_cells(found) if cell.spare == 0
    )
    assert all(len(cell.holders) == 2 for cell in list_cells(found) if cell.kind == "answering")


def test_agencies_private_addresses_passwords_and_crowds_are_found():
    crowd = [{"id": f"h{n}", "private_address": n == 0} for n in range(6)]
    found = desk(
        access_holders=[*crowd, {"id": "agency", "employment": "agency"}, {"id": "old", "end": "2026-01-31"}],
        channels=[
            {"id": "instagram", "access": access(owner=["agency"], private_address=True)},
            {"id": "x", "access": access(owner=[f"h{n}" for n in range(6)], editor=["p1", "p2", "old"],
                                         shared_password=True, password_changed_on="2025-12-01")},
        ],
    )  # fmt: skip
    assert reasons(found) >= {
        "only_outsiders", "private_account", "private_address", "too_many_holders", "knew_password", "left"
    }  # fmt: skip
    changed = desk(
        access_holders=[{"id": "old", "end": "2026-01-31"}],
        channels=[{"id": "x", "access": access(editor=["p1", "p2", "old"], shared_password=True,
                                               password_changed_on="2026-02-01")}],
    )  # fmt: skip
    assert reasons(changed) == {"left"}


def test_who_answers_without_access_gains_it_and_the_proposal_is_an_employee():
    found = desk(
        people=[
            {"id": "p1", "role": "manager"},
            {"id": "p2", "role": "editor"},
            {"id": "p3", "role": "freelance", "employment": "contractor"},
        ],
        channels=[{"id": "x", "access": access(owner=["p1"], editor=["p1"])}],
    )
    frame = sc.review_access(found).to_frame()
    added = frame[frame["action"] == "add"]
    assert ("owner", "p2") in set(zip(added["layer"], added["holder"], strict=True))
    assert set(added.loc[added["reason"] == "answers_without_access", "holder"]) == {"p2", "p3"}
    assert "p3" not in set(added.loc[added["reason"] == "single_holder", "holder"])


def test_the_checklist_can_be_read_back_and_starts_no_formula(tmp_path):
    import pandas as pd

    frame = sc.review_access(sc.read_desk("data/enterprise_desk.yaml")).to_frame()
    frame.to_csv(tmp_path / "review.csv", index=False)
    back = pd.read_csv(tmp_path / "review.csv", keep_default_na=False)
    assert back.astype(str).equals(frame.astype(str))
    assert not frame.astype(str).apply(lambda column: column.str.match(r"[=+\-@]").any()).any()


def test_a_site_a_vendor_and_a_phone_are_lost_together():
    found = desk(
        sites=[{"id": "istanbul"}, {"id": "london"}],
        people=[
            {"id": "p1", "role": "manager", "site": "istanbul"},
            {"id": "p2", "role": "editor", "site": "istanbul"},
            {"id": "p3", "role": "editor", "site": "london", "channels": ["instagram"]},
        ],
        groups=[{"id": "phone", "kind": "phone", "members": ["p1", "p2"]}],
        channels=[{"id": "instagram"}, {"id": "x", "access": access()}],
    )
    lost = {loss.who: loss.channels for loss in sc.find_single_points_of_failure(found).group_losses}
    assert lost == {"phone": ("x",), "istanbul": ("x",)}


def test_hours_divide_answering_only_where_it_cannot_wait_a_day():
    week = {"monday-friday": ["09:00-17:00"]}
    people = [
        {"id": "p1", "role": "agent", "working_hours": {"monday-friday": ["09:00-13:00"]}},
        {"id": "p2", "role": "agent", "working_hours": {"monday-friday": ["12:00-17:00"]}},
    ]
    quick = desk(
        people=people,
        targets=[{"id": "quick", "share": 0.8, "within_hours": 1, "clock": "business"}],
        channels=[{"id": "chat"}],
        calendar={"open": week},
    )
    answering = {cell.name: cell.holders for cell in list_cells(quick) if cell.kind == "answering"}
    assert answering == {"chat · Mon-Fri 09-12": {"p1"}, "chat · Mon-Fri 13-17": {"p2"}}
    slow = desk(people=people, channels=[{"id": "chat"}], calendar={"open": week})
    assert [cell.name for cell in list_cells(slow) if cell.kind == "answering"] == ["chat"]


def test_presence_is_read_on_the_clock_of_the_desk():
    """London works two hours behind Istanbul in winter (UTC+0 and UTC+3: three hours)."""
    found = desk(
        people=[
            {"id": "p1", "role": "agent", "working_hours": {"monday": ["09:00-12:00"]}},
            {"id": "p2", "role": "agent", "timezone": "Europe/London", "working_hours": {"monday": ["09:00-12:00"]}},
        ],
        calendar={"cover": {"monday": ["09:00-15:00"]}},
    )
    present = {hours_text(cell.hours): cell.holders for cell in list_cells(found) if cell.kind == "hours"}
    assert present == {"Mon 09-12": {"p1"}, "Mon 12-15": {"p2"}}


def test_a_desk_that_says_nothing_gets_an_answer_and_not_an_error():
    empty = sc.find_single_points_of_failure(Desk(name="Empty", timezone="UTC"))
    assert "no single point of failure can be named" in str(empty.headline)
    assert empty.to_frame().empty
    assert empty.sentences == ()
    assert "nothing to review" in str(sc.review_access(Desk(name="Empty", timezone="UTC")).headline)


@pytest.mark.parametrize("share", [-0.1, 1.0, 50])
def test_a_share_outside_its_range_is_refused_with_advice(share):
    with pytest.raises(sc.InputError, match="Try"):
        sc.find_single_points_of_failure(desk(), share=share)


def test_the_enterprise_desk_gives_a_page_for_a_security_officer():
    points = sc.find_single_points_of_failure(sc.read_desk("data/enterprise_desk.yaml"), time_limit=0.5)
    assert points.smallest_loss == 0
    assert points.truck_factor.bound <= points.truck_factor
    assert len(points.to_frame()) == len(points.cells) > 1000
    for language in ("en", "tr"):
        spoken = " ".join(sentence.say(language) for sentence in (*points.findings, *points.sentences[:5]))
        assert "{" not in spoken
    assert {"left", "only_outsiders", "knew_password"} <= reasons(sc.read_desk("data/enterprise_desk.yaml"))


@pytest.mark.parametrize("name", ["sample", "solo", "enterprise"])
@pytest.mark.parametrize("language", ["en", "tr"])
def test_the_pictures_are_drawn_in_both_languages(name, language):
    found = sc.read_desk(f"data/{name}_desk.yaml")
    for answer in (sc.find_single_points_of_failure(found, time_limit=0.1), sc.review_access(found)):
        width, height = plots.size(answer)
        assert 3 < width < 12
        assert 1 < height < 14
        ax = plots.draw(answer, theme.new_figure(width, height).subplots(), language=language)
        assert ax.get_title(loc="left")


def test_duties_and_channels_that_nobody_gave_are_assumed_aloud():
    notes = " ".join(map(str, sc.find_single_points_of_failure(desk()).notes))
    assert "duties of 2 people are not given (p1 and p2)" in notes
    assert "channels of 2 people are not given (p1 and p2)" in notes
    assert "not given (p1" not in " ".join(
        map(str, sc.find_single_points_of_failure(sc.read_desk("data/sample_desk.yaml")).notes)
    )


def test_what_is_lost_on_the_same_channels_is_said_together_and_languages_by_name():
    solo = sc.read_desk("data/solo_desk.yaml")
    said = sc.find_single_points_of_failure(solo).sentences[0]
    assert "on instagram, facebook, x, whatsapp, and linkedin nobody is left for answering, adding" in str(said)
    assert "; nobody does " in str(said)
    assert "(tr)" not in str(said)
    assert "yanıtlama, erişim verip alma" in said.say("tr")
    steps = sc.plan_cross_training(solo).steps
    assert len(steps) == 3
    assert "speaks Turkish and English" in str(steps[2])
    assert "Türkçe ve İngilizce bilen" in steps[2].say("tr")


def test_one_of_anything_is_said_in_the_singular():
    people = [{"id": f"p{n}", "role": "agent", "duties": "all", "on_call": True} for n in range(3)]
    access = {"owner": ["p0"], "editor": ["p0", "p1"]}
    facts = sc.Desk.model_validate(
        {"name": "D", "timezone": "UTC", "people": people, "channels": [{"id": "x", "access": access}]}
        | {"targets": [{"id": "day", "share": 0.9, "within_hours": 24}]}
    )
    said = str(sc.plan_cross_training(facts, survive=1).headline)
    assert "With 1 access, 0.2 hours" in said
    assert "1 accesses" not in said
    assert "any 1 " not in said
    worst = str(sc.find_single_points_of_failure(facts).headline)
    assert "without p0, the only channel stops" in worst


def test_sites_vendors_domains_grades_and_groups_of_groups_are_named_by_their_kind():
    found = desk(
        sites=[{"id": "istanbul"}, {"id": "london"}],
        people=[
            {"id": "p1", "role": "manager", "site": "istanbul", "grade": "senior"},
            {"id": "p2", "role": "editor", "site": "istanbul", "grade": "senior"},
            {"id": "p3", "role": "editor", "site": "london", "grade": "junior", "channels": ["instagram"]},
        ],
        access_holders=[
            {"id": "a1", "employment": "agency", "organisation": "vendor-1", "email_domain": "example.com"},
            {"id": "a2", "employment": "agency", "organisation": "vendor-1", "email_domain": "example.com"},
        ],
        groups=[
            {"id": "floor", "members": ["p1", "wing"]},
            {"id": "wing", "members": ["p2", "floor"]},
            {"id": "phone", "kind": "phone", "members": ["a1", "a2"]},
        ],
        channels=[{"id": "instagram"}, {"id": "x", "access": access(owner=["a1", "a2"])}],
    )
    points = sc.find_single_points_of_failure(found)
    members = {(cause.kind, cause.name): cause.members for cause in points.causes}
    both, agents = frozenset({"p1", "p2"}), frozenset({"a1", "a2"})
    assert members == {
        ("group", "floor"): both,
        ("group", "wing"): both,
        ("phone", "phone"): agents,
        ("site", "istanbul"): both,
        ("grade", "senior"): both,
        ("vendor", "vendor-1"): agents,
        ("email_domain", "example.com"): agents,
    }
    said = " ".join(map(str, points.sentences))
    for words in ("everybody at the site istanbul is lost", "of the vendor vendor-1", "shares the phone phone",
                  "an address at example.com", "of the grade senior", "of the group floor"):  # fmt: skip
        assert words in said
    assert (points.truck_factor_together, points.truck_factor) == (2, 3)
    assert "2 losses at once are enough" in " ".join(map(str, points.points))


def test_cut_sets_of_three_equal_trying_every_set_of_people():
    points = sc.find_single_points_of_failure(sc.read_desk("data/sample_desk.yaml"))
    people = sorted({holder for cell in points.cells for holder in cell.holders})
    cutting = [
        frozenset(gone)
        for size in (1, 2, 3)
        for gone in itertools.combinations(people, size)
        if points.lost_without(gone)
    ]
    assert set(points.cut_sets(order=3)) == {cut for cut in cutting if not any(other < cut for other in cutting)}


def test_every_step_of_the_review_has_a_day_somebody_to_do_it_and_a_sentence():
    found = sc.read_desk("data/enterprise_desk.yaml")
    review = sc.review_access(found)
    frame = review.to_frame()
    late = {"today": 0, "this_week": 7, "this_quarter": 91}
    assert all(row.due_on == found.today + dt.timedelta(late[row.due]) for row in frame.itertuples())
    assert frame["due_on"].is_monotonic_increasing
    assert (frame["minutes"] > 0).all()
    assert review.hours == pytest.approx(frame["minutes"].sum() / 60)
    assert (frame["responsible"] != "").mean() > 0.9
    assert not (frame["responsible"] == frame["holder"])[frame["holder"] != ""].any()
    gone = {one.id for one in (*found.people, *found.access_holders) if one.end and one.end < found.today}
    assert not set(frame["responsible"]) & gone
    for language, first in (("en", "Take away from"), ("tr", "geri alın")):
        sheet = review.checklist(language)
        assert len(sheet) == len(frame)
        assert first in sheet.iloc[0, 2]
        assert (sheet.iloc[:, -1] == "").all()
        assert not sheet.map(lambda value: "{" in str(value)).any().any()
        assert not sheet.astype(str).apply(lambda column: column.str.match(r"[=+\-@]").any()).any()


def test_spare_and_excess_of_a_key_are_counted_by_hand():
    """Owner: p1, p2 and a leaver: spare 1, excess 1. Editor: p1 and an agency: spare 1, excess 1. Mailbox: nobody."""
    found = desk(
        access_holders=[{"id": "old", "end": "2026-01-31"}, {"id": "agency", "employment": "agency"}],
        channels=[{"id": "x", "access": access(["p1", "p2", "old"], ["p1", "agency"], [], ["p1"])}],
    )
    balance = sc.review_access(found).balance().set_index("layer")
    assert balance["holders"].to_dict() == {"owner": 3, "editor": 2, "recovery_email": 0, "second_factor": 1}
    assert balance["spare"].to_dict() == {"owner": 1, "editor": 1, "recovery_email": -1, "second_factor": 0}
    assert balance["excess"].to_dict() == {"owner": 1, "editor": 1, "recovery_email": 0, "second_factor": 0}


def test_outsiders_who_can_unlock_or_post_are_asked_about_and_never_proposed():
    found = desk(
        access_holders=[{"id": "agency", "employment": "agency"}],
        channels=[{"id": "x", "access": access(["p1", "agency"], ["p1", "agency"], ["agency"], ["p1", "agency"])}],
    )
    frame = sc.review_access(found).to_frame()
    assert {"outsider_owns", "outsider_posts", "outsider_unlocks", "only_outsiders"} <= set(frame["reason"])
    assert "agency" not in set(frame.loc[frame["action"] == "add", "holder"])
    only = frame[frame["reason"] == "only_outsiders"]
    assert only["layer"].tolist() == ["recovery_email"]


def test_keys_that_nobody_holds_are_a_review_and_not_nothing_to_review():
    empty = access((), (), (), ())
    review = sc.review_access(desk(channels=[{"id": "x", "access": empty}]))
    assert review.accesses == 0
    assert {step.reason for step in review.steps} == {"nobody_holds", "answers_without_access"} or review.steps
    assert "has" in str(review.headline)
    assert {step.due for step in review.steps if step.reason == "nobody_holds"} == {"today"}


def test_hours_of_the_week_are_said_in_the_language_of_the_reader():
    points = sc.find_single_points_of_failure(sc.read_desk("data/sample_desk.yaml"))
    cells = [cell.label() for cell in points.cells if cell.kind == "hours"]
    assert any(cell.say("tr") == "Pzt 18–19" for cell in cells)
    assert any(str(cell) == "Mon 18–19" for cell in cells)


def test_a_person_without_anything_alone_and_ten_thousand_holders_are_no_obstacle():
    crowd = [{"id": f"h{n}"} for n in range(10_000)]
    held = access([one["id"] for one in crowd], ["p1"], ["p1"], ["p1", "p2"])
    points = sc.find_single_points_of_failure(desk(access_holders=crowd, channels=[{"id": "x", "access": held}]))
    assert [loss.who for loss in points.losses] == ["p1"]
    assert "h0" not in {step.holder for step in sc.review_access(desk(access_holders=crowd)).steps}
