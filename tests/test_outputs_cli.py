"""The command line: what it prints, what it writes, how it ends; no traceback ever reaches a user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from demand_exports import zendesk
from made_up_answers import made_up
from typer.testing import CliRunner

import staffcalc as sc
from staffcalc import cli

ROOT = Path(__file__).parent.parent
SAMPLE = [str(ROOT / "data" / "sample_desk.yaml"), str(ROOT / "data" / "sample_volumes.csv")]


def run(*words: str) -> Any:
    return CliRunner().invoke(cli.app, list(words))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer at once: these tests are about the command, not about the answers."""
    monkeypatch.setattr("staffcalc._assess.assess", lambda *_, **__: [made_up()])
    monkeypatch.setattr("staffcalc.demand.volumes.read_volumes", lambda *_, **__: None)
    monkeypatch.setattr("staffcalc.demand.fit.fit_volume", lambda *_: None)


def test_init_writes_two_files_that_check_accepts(tmp_path: Path) -> None:
    folder = tmp_path / "my" / "team"
    done = run("init", str(folder))
    assert done.exit_code == 0
    assert sorted(file.name for file in folder.iterdir()) == ["desk.yaml", "volumes.csv"]
    assert run("check", str(folder / "desk.yaml")).stdout.strip().endswith("1 person, 1 channel, and 1 target.")
    desk = sc.read_desk(folder / "desk.yaml")
    history = sc.read_volumes(folder / "volumes.csv", timezone=desk.timezone)
    assert list(history.counts.columns) == [channel.id for channel in desk.channels]
    assert history.weeks == 8


def test_init_writes_the_team_file_as_a_workbook_too(tmp_path: Path) -> None:
    assert run("init", str(tmp_path), "--workbook").exit_code == 0
    assert run("check", str(tmp_path / "desk.xlsx"), str(tmp_path / "volumes.csv")).exit_code == 0


def test_init_explains_the_team_file_in_the_language_asked_for(tmp_path: Path) -> None:
    assert run("init", str(tmp_path), "--language", "tr").exit_code == 0
    assert "timezone: Europe/Istanbul  # Ekibin IANA saat dilimi" in (tmp_path / "desk.yaml").read_text("utf-8")


def test_init_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text("mine")
    done = run("init", str(tmp_path), "--language", "tr")
    assert done.exit_code == 1
    assert "zaten var" in done.stderr
    assert (tmp_path / "desk.yaml").read_text() == "mine"
    assert not (tmp_path / "volumes.csv").exists()


def test_init_into_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    done = run("init", str(tmp_path / "taken"))
    assert done.exit_code == 1
    assert "not a folder" in done.stderr


def test_check_lists_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text("name: x\ntimezone: Mars/Base\nteam: 3\n")
    done = run("check", str(path))
    assert done.exit_code == 1
    assert "Mars/Base" in done.stderr
    assert "team" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "words",
    [
        ["assess"],
        ["assess", *SAMPLE],
        ["assess", *SAMPLE, "--output", "x", "--format", "odt,html"],
        ["assess", *SAMPLE, "--output", "x", "--language", "de"],
        ["assess", *SAMPLE, "--output", "x", "--seed", "one"],
        ["forecast"],
    ],
)
def test_a_mistyped_command_ends_with_two(words: list[str]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_assess_writes_the_files_asked_for(quick: None, tmp_path: Path) -> None:
    done = run("assess", *SAMPLE, "--output", str(tmp_path / "out"), "--format", "xlsx, html", "--date", "2026-11-23")
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["model.xlsx", "report.html"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "23 Nov 2026" in page
    assert "sample_volumes.csv" in page
    assert "Written:" in done.stdout
    assert "Reading" in done.stderr


def test_json_stands_alone_on_standard_output(quick: None, tmp_path: Path) -> None:
    done = run("assess", *SAMPLE, "--output", str(tmp_path), "--json")
    told = json.loads(done.stdout)
    assert told["files"] == [str(tmp_path / "report.html")]
    (answer,) = told["answers"]
    assert answer["kind"] == "made_up"
    assert answer["table"][0]["spare"] is None  # infinity is not JSON
    assert answer["table"][0]["day"] == "2026-11-23"
    assert answer["table"][0]["moment"] == "2026-11-23T10:00:00+03:00"


def test_the_same_input_writes_the_same_report(quick: None, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("assess", *SAMPLE, "-o", str(tmp_path / name), "--date", "2026-11-23").exit_code == 0
    assert (tmp_path / "one" / "report.html").read_bytes() == (tmp_path / "two" / "report.html").read_bytes()


def test_a_missing_volume_file_is_an_input_problem(tmp_path: Path) -> None:
    done = run("assess", SAMPLE[0], str(tmp_path / "absent.csv"), "--output", str(tmp_path), "--language", "tr")
    assert done.exit_code == 1
    assert "absent.csv" in done.stderr
    assert "Deneyin" in done.stderr


@pytest.mark.parametrize("place", ["out", "out/deep"])
def test_an_output_that_is_a_file_is_told_before_the_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    monkeypatch.setattr("staffcalc._assess.assess", lambda *_, **__: pytest.fail("the work was done first"))
    (tmp_path / "out").write_text("")
    done = run("assess", *SAMPLE, "--output", str(tmp_path / place))
    assert done.exit_code == 1
    assert "not a folder" in done.stderr


def test_a_fault_of_ours_is_one_plain_message(quick: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("staffcalc._assess.assess", broken)
    done = run("assess", *SAMPLE, "--output", str(tmp_path))
    assert done.exit_code == 1
    assert "ZeroDivisionError: division" in done.stderr
    assert "by zero" not in done.stderr
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


def test_a_stop_by_the_user_ends_with_130(quick: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("staffcalc._assess.assess", stopped)
    done = run("assess", *SAMPLE, "--output", str(tmp_path))
    assert done.exit_code == 130
    assert list(tmp_path.iterdir()) == []


def test_the_module_is_the_command_even_in_a_terminal_without_turkish_letters(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "TERM": "dumb", "STAFFCALC_LANGUAGE": "tr"}
    done = subprocess.run(
        [sys.executable, "-m", "staffcalc", "check", str(tmp_path / "yok.yaml")],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "yok.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_told() -> None:
    assert run("--version").stdout.strip() == f"staffcalc {sc.__version__}"


def test_check_takes_the_volumes_too_and_tells_what_is_wrong_with_them() -> None:
    done = run("check", *SAMPLE)
    assert done.exit_code == 0
    assert "sample_volumes.csv is in order" in done.stdout
    assert "no rows for 29 hours" in done.stdout.lower()


def test_check_finds_channels_that_the_desk_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "volumes.csv"
    path.write_text("date,channel,messages\n" + "".join(f"2026-09-{day:02d},telex,{day}\n" for day in range(1, 29)))
    done = run("check", SAMPLE[0], str(path))
    assert done.exit_code == 1
    assert "telex" in done.stderr


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    done = run("check", str(tmp_path / "a\x1b[31mb.yaml"))
    assert done.exit_code == 1
    assert "\x1b" not in done.output


def test_channels_of_the_volume_file_can_be_renamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[tuple[str, ...]] = []

    def remember(_: object, volume: sc.Volume, **__: object) -> list[sc.Result]:
        seen.append(volume.channels)
        return [made_up(rows=2)]

    monkeypatch.setattr("staffcalc._assess.assess", remember)
    volumes = tmp_path / "volumes.csv"
    rows = "".join(f"2026-09-{day:02d},Insta,{day}\n2026-09-{day:02d},x,{day}\n" for day in range(1, 29))
    volumes.write_text("date,channel,messages\n" + rows)
    done = run("assess", SAMPLE[0], str(volumes), "-o", str(tmp_path), "--channel", "Insta=instagram")
    assert done.exit_code == 0, done.output
    assert set(seen[0]) == {"instagram", "x"}
    assert run("assess", *SAMPLE, "-o", str(tmp_path), "--channel", "Insta").exit_code == 2


def test_an_export_becomes_a_volume_file_that_check_reads(tmp_path: Path) -> None:
    path, volumes = tmp_path / "export.csv", tmp_path / "volumes.csv"
    path.write_text(zendesk(1, weeks=4).text, encoding="utf-8")
    done = run("import", str(path), "--output", str(volumes), "--timezone", "Europe/Istanbul", "--language", "tr")
    assert done.exit_code == 0, done.output
    assert "24 saat içinde ilk yanıtını aldı" in done.stdout
    assert "--per conversation" in done.stdout
    history = sc.read_volumes(volumes, timezone="Europe/Istanbul", per="conversation")
    assert history.messages == sc.read_messages(path, timezone="Europe/Istanbul").messages
    assert run("import", str(path), "--output", str(volumes), "--column", "created_at").exit_code == 2


def test_an_export_without_a_time_zone_is_an_input_problem(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(zendesk(1, weeks=4).text, encoding="utf-8")
    done = run("import", str(path), "--output", str(tmp_path / "volumes.csv"))
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert not (tmp_path / "volumes.csv").exists()


def test_a_missing_package_is_told_before_the_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import importlib.util

    monkeypatch.setattr("staffcalc._assess.assess", lambda *_, **__: pytest.fail("the work was done first"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "xlsxwriter" else True)
    done = run("assess", *SAMPLE, "-o", str(tmp_path / "out"), "--format", "html,xlsx")
    assert done.exit_code == 1
    assert 'pip install "staffcalc[excel]"' in done.stderr
    assert not (tmp_path / "out").exists()


def test_usage_errors_of_ours_speak_the_language_asked_for(tmp_path: Path) -> None:
    words = ["assess", *SAMPLE, "--output", str(tmp_path), "--language", "tr"]
    assert "odt şunlardan biri değil: html, pdf ve xlsx." in run(*words, "--format", "odt").stderr
    assert "= işaretinin iki yanında" in " ".join(run(*words, "--channel", "Insta").stderr.split())


def test_what_the_system_says_of_a_file_is_said_in_the_language_asked_for(tmp_path: Path) -> None:
    done = run("check", str(tmp_path / "absent.yaml"), "--language", "tr")
    assert done.exit_code == 1
    assert "böyle bir dosya ya da klasör yok" in done.stderr


def test_an_export_is_never_written_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(zendesk(1, weeks=4).text, encoding="utf-8")
    before = path.read_bytes()
    done = run("import", str(path), "--output", str(path), "--timezone", "Europe/Istanbul")
    assert done.exit_code == 1
    assert "another name for --output" in done.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", ["init", "check", "import", "assess"])
def test_every_command_shows_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.exit_code == 0
    assert f"Example: staffcalc {command} " in done.stdout


def test_progress_is_shown_in_the_language_asked_for(
    quick: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def remember(*_: object, language: str, **__: object) -> list[sc.Result]:
        asked.append(language)
        return [made_up()]

    monkeypatch.setattr("staffcalc._assess.assess", remember)
    assert run("assess", *SAMPLE, "-o", str(tmp_path), "--language", "tr").exit_code == 0
    assert asked == ["tr"]
