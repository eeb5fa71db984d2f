"""
The command line: start a desk, check it, and turn it with a volume file into a report.

Exit codes: 0 done, 1 a file or a fact cannot be used, 2 the command was mistyped, 130 stopped by the user. Answers go
to standard output, progress and messages to standard error.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from staffcalc._files import reason_of
from staffcalc._words import Sentence
from staffcalc.errors import InputError, MissingExtraError, StaffcalcError
from staffcalc.outputs.theme import legible

if TYPE_CHECKING:
    from staffcalc._result import Result
    from staffcalc.inputs.desk import Desk

DONE, INPUT_PROBLEM, STOPPED = 0, 1, 130
FORMATS = {"html": "report.html", "pdf": "report.pdf", "xlsx": "model.xlsx"}
"""File written for each format."""

NEEDS = {"pdf": ("purpose_pdf", "WeasyPrint", "pdf"), "xlsx": ("purpose_workbook", "XlsxWriter", "excel")}
"""What a format needs beside the core: purpose, package, extra."""


class Per(enum.StrEnum):
    """What a volume file counts."""

    message = "message"
    conversation = "conversation"


class Language(enum.StrEnum):
    """Languages of messages and reports."""

    en = "en"
    tr = "tr"


app = typer.Typer(
    name="staffcalc",
    help="How many people the work takes, what could break, and who is wearing out.",
    epilog="Start with: staffcalc init my-team",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

LanguageOption = Annotated[
    Language, typer.Option("--language", envvar="STAFFCALC_LANGUAGE", help="Language of messages and reports.")
]
PerOption = Annotated[Per, typer.Option("--per", help="What the volume file counts.")]
DeskArgument = Annotated[Path, typer.Argument(metavar="DESK", help="Facts about the team, a YAML file.")]
Command = TypeVar("Command", bound=Callable[..., None])


def _plain(command: Command) -> Command:
    """Turn every exception of a command into one message for people and an exit code."""

    @functools.wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        language = kwargs.get("language", Language.en).value
        try:
            command(*args, **kwargs)
        except StaffcalcError as problem:
            _complain(problem.say(language), language)
            raise typer.Exit(INPUT_PROBLEM) from None
        except KeyboardInterrupt:
            _complain(Sentence("cli_stopped").say(language), language)
            raise typer.Exit(STOPPED) from None
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except OSError as problem:
            _complain(
                Sentence("cli_file", file=str(problem.filename or ""), reason=reason_of(problem)).say(language),
                language,
            )
            raise typer.Exit(INPUT_PROBLEM) from None
        except Exception as problem:
            reason = f"{type(problem).__name__}: {problem}".splitlines()[0][:300]
            _complain(Sentence("cli_fault", reason=reason, version=_version()).say(language), language)
            raise typer.Exit(INPUT_PROBLEM) from None

    return guarded  # type: ignore[return-value]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"staffcalc {_version()}")
        raise typer.Exit(DONE)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    del version


@app.command(epilog="Example: staffcalc init my-team")
@_plain
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the two files; made if absent.")],
    workbook: Annotated[
        bool, typer.Option("--workbook", help="Team file as a workbook, desk.xlsx, in place of desk.yaml.")
    ] = False,
    language: LanguageOption = Language.en,
) -> None:
    """Write a team file and a volume file to start from."""
    from staffcalc._starter import write_starter

    desk, volumes = write_starter(folder, workbook=workbook, language=language.value)
    _say(Sentence("cli_init_done", desk=str(desk), volumes=str(volumes)), language)


@app.command(epilog="Example: staffcalc check my-team/desk.yaml my-team/volumes.csv")
@_plain
def check(
    desk_file: DeskArgument,
    volume_file: Annotated[
        Path | None, typer.Argument(metavar="VOLUMES", help="Counts of messages, to be checked with it.")
    ] = None,
    per: PerOption = Per.message,
    language: LanguageOption = Language.en,
) -> None:
    """Check a team file, alone or with a volume file."""
    from staffcalc.inputs.desk_file import read_desk

    desk = read_desk(desk_file)
    _say(Sentence("cli_check_done", file=str(desk_file), contents=_contents(desk)), language)
    if volume_file is None:
        return
    from staffcalc.demand.fit import fit_volume
    from staffcalc.demand.volumes import read_volumes
    from staffcalc.demand.workload import size_workload

    history = read_volumes(volume_file, timezone=desk.timezone, per=per.value)
    size_workload(desk, fit_volume(history))
    _say(Sentence("cli_check_volumes", file=str(volume_file), headline=history.headline), language)
    for note in history.notes:
        _say(Sentence("note_line", note=note), language)


@app.command("import", epilog="Example: staffcalc import export.csv --output volumes.csv --timezone Europe/Istanbul")
@_plain
def import_log(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="Messages or tickets as a tool exported them.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Volume file to write, CSV.")],
    layout: Annotated[str, typer.Option("--layout", help="Tool that wrote it, such as zendesk.")] = "auto",
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="Zone of times without an offset.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FIELD=HEADER", help="Header of a field that is not found by itself."),
    ] = None,
    day_first: Annotated[
        bool | None, typer.Option("--day-first/--month-first", help="Order of dates such as 03/04/2026.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit of reply times: seconds, minutes, hours.")] = None,
    clock: Annotated[str | None, typer.Option("--clock", help="Clock of reply times: calendar or business.")] = None,
    language: LanguageOption = Language.en,
) -> None:
    """Turn an export of messages or tickets into a volume file."""
    headers = _pairs(columns or [], "--column", language)
    if output.exists() and export.exists() and output.samefile(export):
        raise InputError("cli_same_file", path=str(output))
    from staffcalc.demand.export import write_volumes
    from staffcalc.demand.messages import read_messages

    _tell(Sentence("cli_reading", file=str(export)), language)
    history = read_messages(
        export,
        layout=layout,
        timezone=timezone,
        columns=headers or None,
        day_first=day_first,
        unit=unit,
        clock=clock,
        progress=sys.stderr.isatty(),
    )
    write_volumes(output, history)
    _say(history.headline, language)
    for note in history.notes:
        _say(Sentence("note_line", note=note), language)
    if history.replies is not None and history.replies["answered"].any():
        for row in history.reply_shares().to_dict("records"):
            clock_of = Sentence("cli_clock_business" if row["clock"] == "business" else "cli_clock_calendar")
            of = Sentence("cli_of_all" if row["of"] == "all" else "cli_of_answered")
            _say(Sentence("cli_reply_share", share=row["share"], of=of, clock=clock_of, rows=row["rows"]), language)
    _say(Sentence("cli_written", file=str(output)), language)
    if history.per == "conversation":
        _say(Sentence("cli_counts_conversations", file=str(output)), language)


@app.command(epilog="Example: staffcalc assess my-team/desk.yaml my-team/volumes.csv --output out --format html,xlsx")
@_plain
def assess(
    desk_file: DeskArgument,
    volume_file: Annotated[Path, typer.Argument(metavar="VOLUMES", help="Counts of messages, a CSV file.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder for the report, made if absent; an earlier report is replaced.",
        ),
    ],
    formats: Annotated[
        str, typer.Option("--format", help="Files to write: html, pdf, xlsx or several, with commas.")
    ] = "html",
    language: LanguageOption = Language.en,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the simulations.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON, for machines.")] = False,
    per: PerOption = Per.message,
    renamed: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", metavar="FROM=TO", help="A channel of the volume file that the desk calls otherwise."
        ),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Title of the report.")] = "",
    author: Annotated[str, typer.Option("--author", help="Who hands the report over.")] = "",
    date: Annotated[
        dt.datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day on the cover; today if left out.")
    ] = None,
) -> None:
    """Turn a team file and a volume file into a report."""
    wanted, names = _formats(formats, language), _pairs(renamed or [], "--channel", language)
    _require(wanted)
    _check_folder(output)
    from staffcalc._assess import assess as ask_all
    from staffcalc.demand.fit import fit_volume
    from staffcalc.demand.volumes import read_volumes
    from staffcalc.inputs.desk_file import read_desk

    desk = read_desk(desk_file)
    _tell(Sentence("cli_reading", file=str(volume_file)), language)
    volume = fit_volume(read_volumes(volume_file, timezone=desk.timezone, per=per.value))
    if names:
        volume = volume.rename(names)
    answers = ask_all(desk, volume, seed=seed, progress=sys.stderr.isatty(), language=language.value)
    output.mkdir(parents=True, exist_ok=True)
    cover: dict[str, Any] = {"title": title or None, "author": author, "files": (desk_file, volume_file)}
    written = []
    for form in wanted:
        path = output / FORMATS[form]
        _tell(Sentence("cli_writing", file=str(path)), language)
        if form != "xlsx":
            from staffcalc.outputs.report import write_report

            day = date.date() if date else dt.datetime.now(tz=dt.UTC).astimezone().date()
            write_report(path, answers, language=language.value, date=day, **cover)
        else:
            from staffcalc.outputs.workbook import write_workbook

            write_workbook(path, answers, language=language.value, title=title or None)
        written.append(path)
    if as_json:
        from staffcalc.outputs.machine import as_text

        typer.echo(as_text(answers, language=language.value, files=written))
    else:
        _print_answers(answers, written, language)


def _formats(text: str, language: Language) -> list[str]:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        problem = Sentence("cli_unknown_format", text=text, known=list(FORMATS))
        raise typer.BadParameter(problem.say(language.value), param_hint="--format")
    return list(dict.fromkeys(names))


def _require(formats: list[str]) -> None:
    """Miss a package before the work, not after it."""
    import importlib.util

    for form, (purpose, package, extra) in NEEDS.items():
        if form in formats and importlib.util.find_spec(package.lower()) is None:
            raise MissingExtraError("missing_extra", purpose=Sentence(purpose), package=package, extra=extra)


def _check_folder(output: Path) -> None:
    """Miss a folder before the work, not after it."""
    nearest = next((part for part in (output, *output.parents) if part.exists()), output)
    if nearest.exists() and not nearest.is_dir():
        raise InputError("not_a_folder", path=str(nearest))


def _pairs(texts: list[str], option: str, language: Language) -> dict[str, str]:
    parts = [text.partition("=") for text in texts]
    wrong = [text for text, (first, sign, second) in zip(texts, parts, strict=True) if not (first and sign and second)]
    if wrong:
        raise typer.BadParameter(Sentence("cli_no_pair", text=wrong[0]).say(language.value), param_hint=option)
    return {first: second for first, _, second in parts}


def _print_answers(answers: list[Result], written: list[Path], language: Language) -> None:
    from staffcalc.outputs.terminal import as_lines

    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    title, *lines = as_lines(answers, language=language.value, width=width)
    typer.secho(title, bold=True)
    for line in lines:
        typer.echo(line)
    for path in written:
        typer.echo(Sentence("cli_written", file=str(path)).say(language.value))


def _contents(desk: Desk) -> list[Sentence]:
    return [
        Sentence("count_people", count=len(desk.team())),
        Sentence("count_channels", count=len(desk.channels)),
        Sentence("count_targets", count=len(desk.targets)),
    ]


def _say(sentence: Sentence, language: Language) -> None:
    typer.echo(legible(sentence.say(language.value)))


def _tell(sentence: Sentence, language: Language) -> None:
    """Show progress where a person watches."""
    typer.secho(legible(sentence.say(language.value)), err=True, dim=True)


def _complain(text: str, language: str) -> None:
    typer.secho(legible(Sentence("cli_problem", text=text).say(language)), err=True)


def _version() -> str:
    from importlib import metadata

    return metadata.version("staffcalc")


def main() -> None:
    """Run the command line; names in any script survive a terminal that cannot show them."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="staffcalc")
    except KeyboardInterrupt:
        sys.exit(STOPPED)
