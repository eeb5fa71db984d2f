"""Every message exists in every language, with the same values and valid formats, and somebody says it."""

from __future__ import annotations

import ast
import functools
import re
import string
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import staffcalc
from staffcalc._words import FACTS, LANGUAGES, translated

PACKAGE = Path(staffcalc.__file__).parent
SPEAKERS = {
    "Sentence",
    "label",
    "template",
    "has_word",
    "InputError",
    "OverloadError",
    "InfeasibleError",
    "MissingExtraError",
}
FORMATS = re.compile(r"(n[0-4]|g|p[0-2]|money|raw|language|lines)?")
SPOKEN_BY_COLUMN = ("col_",)  # headers of table columns: the key is made from the column's name


@functools.cache
def entries(language: str) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Return key -> [(file, texts)] of a language."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for file in sorted((PACKAGE / "words" / language).glob("*.po")):
        if file.name == FACTS:
            continue
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    text = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                    found[key].append((file.name, text))
    return dict(found)


@functools.cache
def trees() -> dict[str, ast.Module]:
    return {
        str(file.relative_to(PACKAGE)): ast.parse(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py")
    }


def fields(text: str) -> dict[str, set[str]]:
    """Return the values that a template names, with the formats it asks for."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            assert conversion is None, text
            found[name].add(spec or "")
    return found


def spoken() -> list[tuple[str, str, ast.Call]]:
    """Return (file and line, key, call) of each message said with a plain key."""
    found = []
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if (
                name in SPEAKERS
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found.append((f"{file}:{node.lineno}", node.args[0].value, node))
    return found


def test_every_message_said_in_the_code_exists() -> None:
    missing = {f"{where} {key}" for where, key, _ in spoken() if key not in entries("en")}
    assert not missing


def test_every_call_gives_the_values_that_its_message_names() -> None:
    short = []
    for where, key, call in spoken():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ("label", "template", "has_word") or key not in entries("en"):
            continue
        given = {keyword.arg for keyword in call.keywords}
        if None in given:  # ``**values`` cannot be read here
            continue
        texts = entries("en")[key][0][1]
        needed = set().union(*(fields(text) for text in texts)) | ({"count"} if len(texts) > 1 else set())
        if not needed <= given:
            short.append(f"{where} {key}: {sorted(needed - given)}")
    assert not short


def test_both_languages_have_the_same_messages_in_the_same_rooms() -> None:
    places = [{(key, file) for key, found in entries(language).items() for file, _ in found} for language in LANGUAGES]
    assert places[0] ^ places[1] == set()


def test_both_languages_name_the_same_values() -> None:
    differing = []
    for key in entries("en").keys() & entries("tr").keys():
        english, turkish = (
            set().union(*(fields(text) for text in entries(language)[key][0][1])) for language in LANGUAGES
        )
        if english != turkish or len(entries("en")[key][0][1]) != len(entries("tr")[key][0][1]):
            differing.append(key)
    assert not differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_is_one_of_the_house(language: str) -> None:
    wrong = [
        f"{file} {key}: {name}:{spec}"
        for key, found in entries(language).items()
        for file, texts in found
        for text in texts
        for name, specs in fields(text).items()
        for spec in specs
        if not FORMATS.fullmatch(spec) or not name.isidentifier()
    ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_named_outside_the_convention(language: str) -> None:
    wrong = [
        key for key, found in entries(language).items() if not all(text.strip() for _, texts in found for text in texts)
    ]
    assert not wrong
    # A term is named after the code it explains, which may hold capitals or a hyphen.
    odd = [
        key
        for key in entries(language)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key) and not key.startswith(("term_", "col_"))
    ]
    assert not odd


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_rooms_never_give_one_key_two_texts(language: str) -> None:
    wrong = {key: found for key, found in entries(language).items() if len({texts for _, texts in found}) > 1}
    assert not wrong


def test_a_long_message_is_really_translated() -> None:
    same = []
    for key in entries("en").keys() & entries("tr").keys():
        text = entries("en")[key][0][1][0]
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"\{[^}]*\}", "", text))
        if len(words) > 4 and text == entries("tr")[key][0][1][0]:
            same.append(key)
    assert not same


def test_every_message_is_said_somewhere() -> None:
    """A key counts as said if it stands in the code or a template, or if a pattern such as ``title_...`` makes it."""
    constants: set[str] = set()
    patterns: set[str] = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                fixed = "".join(str(part) for part in parts if part is not None)
                if re.fullmatch(r"[a-z0-9_]{4,}", fixed):
                    patterns.add("".join(re.escape(str(part)) if part is not None else ".+" for part in parts))
    for file in PACKAGE.rglob("*"):
        if file.suffix in (".py", ".html", ".j2", ".jinja", ".toml", ".js"):
            constants |= set(re.findall(r"[\"']([A-Za-z0-9_]+)[\"']", file.read_text(encoding="utf-8")))
    made = re.compile("|".join(sorted(patterns)) or r"(?!)")
    silent = [
        key
        for key in entries("en")
        if key not in constants and not made.fullmatch(key) and not key.startswith(SPOKEN_BY_COLUMN)
    ]
    assert not silent


SAME_IN_TURKISH = {"platform"}


def texts_of_fields() -> set[str]:
    """Return the meanings and units of the fields of every model of facts."""
    from staffcalc.burnout.exposure import RoleExposure
    from staffcalc.inputs.desk import Desk
    from staffcalc.inputs.fields import Facts

    def models(model: type[Facts]) -> Iterator[type[Facts]]:
        for child in model.__subclasses__():
            if child.__module__.startswith("staffcalc."):
                yield child
            yield from models(child)

    found = list(models(Facts))
    assert {Desk, RoleExposure} <= set(found)
    return {
        str(text)
        for model in found
        for field in model.model_fields.values()
        for text in (field.description, field.json_schema_extra["unit"])  # type: ignore[index]
    }


def facts_in_turkish() -> dict[str, str]:
    with (PACKAGE / "words" / "tr" / FACTS).open("rb") as stream:
        messages = [message for message in read_po(stream, locale="tr") if message.id]
    assert len(messages) == len({message.id for message in messages})
    return {str(message.id): str(message.string) for message in messages}


def test_every_meaning_and_unit_of_a_field_has_a_turkish_text_and_none_is_left_over() -> None:
    assert texts_of_fields() - facts_in_turkish().keys() == set()
    assert facts_in_turkish().keys() - texts_of_fields() == set()


def test_the_turkish_text_of_a_field_is_not_the_english_one() -> None:
    assert {english for english, turkish in facts_in_turkish().items() if turkish == english} == SAME_IN_TURKISH
    assert all(text.strip() == text and text for text in facts_in_turkish().values())


def test_a_text_without_a_translation_is_an_error_and_not_silently_english() -> None:
    assert translated("Annual leave", "en") == "Annual leave"
    with pytest.raises(KeyError):
        translated("A meaning that nobody has translated", "tr")
    with pytest.raises(staffcalc.InputError, match="language='de'"):
        translated("Annual leave", "de")


def test_english_writes_a_percentage_without_a_space() -> None:
    spaced = re.compile(r"[0-9}] %")
    assert not {key for key, found in entries("en").items() for _, texts in found if any(map(spaced.search, texts))}
