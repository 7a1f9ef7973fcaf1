"""A tool's JSON Schema as slots: what each field is, and how it is asked for and said."""

import calendar
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from typing import Any, Literal

from edge.dialogue.choices import Choice

Kind = Literal[
    "choice", "date", "time", "datetime", "integer", "number", "money", "boolean", "name", "phone", "digits", "code",
    "address", "text",
]  # fmt: skip

EVERY_DAY = frozenset(range(7))
"""Monday is 0."""

_HINTS: dict[str, Kind] = {
    "name": "name", "phone": "phone", "digits": "digits", "address": "address", "code": "code", "money": "money",
}  # fmt: skip
_NAMES: tuple[tuple[str, Kind], ...] = (
    (r"phone|mobile|telephone|callback", "phone"),
    (r"(^|_)(name|caller|customer|surname)$", "name"),
    (r"address|street", "address"),
    (r"(^|_)(code|reference|postcode|zip|zipcode|tracking)(_|$)|_(id|number)$", "code"),
)
"""What a string field is, by its name, where nothing else says so."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a request. ``unfit`` where no caller can fill it by voice (an object, a list of objects)."""

    name: str
    kind: Kind
    label: str
    """What it is called in a sentence: "day", "parcel code"."""
    needed: bool = True
    nullable: bool = False
    many: bool = False
    """A list of such values."""
    choices: tuple[Choice, ...] = ()
    minimum: Any = None
    maximum: Any = None
    shortest: int = 0
    longest: int = 400
    pattern: str | None = None
    numeric: bool = False
    """A code that is a number in the schema, or money that is."""
    ask: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    step: int = 0
    """For times: minutes between one possible time and the next; 0 where any minute will do."""
    when: str = ""
    """For days: "past" or "any" where not only days to come count."""
    weekdays: frozenset[int] = EVERY_DAY
    """For days: the days of the week on which it may be."""
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    advice: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For choices that mean danger: what is said of it, see ``edge.dialogue.danger``."""
    unfit: bool = False
    secret: bool = False
    """It is not said again."""
    changes: str = ""
    """ "tool.field" of an earlier request that this day or time takes the place of; a null keeps that."""


def read(schema: Mapping[str, Any]) -> tuple[Slot, ...]:
    """The slots of an object's schema, in order. A schema that makes no sense has none."""
    return _read(json.dumps(schema, default=str))


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Slot, ...]:
    schema = json.loads(text)
    properties = schema.get("properties")
    needed = schema.get("required")
    if not isinstance(properties, Mapping):
        return ()
    required = set(needed) if isinstance(needed, list | tuple) else set()
    return tuple(
        _slot(str(name), body, schema, name in required)
        for name, body in properties.items()
        if isinstance(body, Mapping)
    )


def constants(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Required fields that can only have one value; nobody is asked for them."""
    return {
        slot.name: slot.choices[0].value
        for slot in read(schema)
        if slot.needed and slot.kind == "choice" and len(slot.choices) == 1
    }


def _resolve(body: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> tuple[dict[str, Any], bool]:
    """The field's schema with $ref, allOf and "or null" taken away, and whether it may be null."""
    merged: dict[str, Any] = {}
    nullable = False
    parts: list[Any] = []
    reference = body.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        parts.append(root.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {}))
    parts += list(body.get("allOf") or ())
    options = list(body.get("anyOf") or body.get("oneOf") or ())
    real = [option for option in options if isinstance(option, Mapping) and option.get("type") != "null"]
    nullable = len(real) < len(options)
    parts += real[:1] if len(real) != 1 and not _all_constants(real) else real if len(real) == 1 else [_joined(real)]
    for part in parts:
        if isinstance(part, Mapping) and depth < 6:
            inner, inner_nullable = _resolve(part, root, depth + 1)
            merged |= inner
            nullable = nullable or inner_nullable
    own = {key: value for key, value in body.items() if key not in ("$ref", "allOf", "anyOf", "oneOf")}
    if isinstance(own.get("type"), list):
        nullable = nullable or "null" in own["type"]
        own["type"] = next((one for one in own["type"] if one != "null"), "string")
    return merged | own, nullable


def _all_constants(options: list[Mapping[str, Any]]) -> bool:
    return bool(options) and all("const" in option for option in options)


def _joined(options: list[Mapping[str, Any]]) -> dict[str, Any]:
    """ "oneOf" of constants with titles is an enum whose values have names."""
    names = {str(option["const"]): [str(option["title"])] for option in options if option.get("title")}
    return {"enum": [option["const"] for option in options], "synonyms": names}


def _slot(name: str, body: Mapping[str, Any], root: Mapping[str, Any], required: bool) -> Slot:
    merged, nullable = _resolve(body, root)
    many = merged.get("type") == "array"
    if many:
        items = merged.get("items")
        inner, _ = _resolve(items if isinstance(items, Mapping) else {}, root)
        merged = {key: value for key, value in inner.items() if key not in ("title", "description")} | {
            key: value for key, value in merged.items() if key not in ("type", "items", "minLength", "maxLength")
        }
    values = [merged["const"]] if "const" in merged else merged.get("enum")
    synonyms, beside = _synonyms(merged.get("synonyms")), _synonyms(merged.get("beside"))
    choices = tuple(_choice(value, synonyms, beside) for value in values or () if value is not None)[:64]
    kind = _kind(name, merged, bool(choices))
    digits = _digits(merged.get("pattern"))
    return Slot(
        name=name,
        kind=kind,
        label=_label(name, merged),
        needed=required and "default" not in body,
        nullable=nullable or bool(values and None in values),
        many=many,
        choices=choices,
        minimum=_bound(kind, merged, ("minimum", "exclusiveMinimum", "formatMinimum", "earliest"), 1),
        maximum=_bound(kind, merged, ("maximum", "exclusiveMaximum", "formatMaximum", "latest"), -1),
        shortest=_whole(merged.get("minLength"), digits[0]),
        longest=_whole(merged.get("maxLength"), digits[1]),
        pattern=_pattern(merged.get("pattern")),
        numeric=merged.get("type") in ("integer", "number"),
        ask=_sentence(merged.get("ask")),
        description=_sentence(merged.get("description")),
        examples=tuple(str(one)[:60] for one in merged.get("examples") or () if isinstance(one, str | int | float))[:4],
        step=_whole(merged.get("step_minutes"), 0),
        when=str(merged.get("when") or ("past" if "birth" in name.lower() else "")),
        weekdays=_weekdays(merged.get("weekdays")),
        synonyms=synonyms,
        advice=_advice(merged.get("advice")),
        unfit=merged.get("type") == "object" or "properties" in merged,
        secret=merged.get("sensitive") is True,
        changes=str(merged.get("changes") or ""),
    )


def _kind(name: str, merged: Mapping[str, Any], choices: bool) -> Kind:
    if choices:
        return "choice"
    hint = merged.get("kind")
    if isinstance(hint, str) and hint in _HINTS:
        return _HINTS[hint]
    type_, format_ = merged.get("type"), merged.get("format")
    if type_ == "boolean":
        return "boolean"
    if type_ in ("integer", "number"):
        money = re.search(r"amount|price|cost|total|budget", name.lower()) and type_ == "number"
        return "money" if money else ("integer" if type_ == "integer" else "number")
    if format_ in ("date", "time", "date-time"):
        return "datetime" if format_ == "date-time" else ("date" if format_ == "date" else "time")
    if re.match(r"^\^?\(?\\d|^\^?\[0-9\]", str(merged.get("pattern") or "")):
        return "digits"
    return next((kind for pattern, kind in _NAMES if re.search(pattern, name.lower())), "text")


def _label(name: str, merged: Mapping[str, Any]) -> str:
    spoken = merged.get("spoken")
    words = (
        spoken
        if isinstance(spoken, str) and spoken.strip()
        else re.sub(r"([a-z])([A-Z])", r"\1 \2", name).replace("_", " ")
    )
    return " ".join(words.split()).lower()[:60] or "detail"


def _synonyms(hint: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(hint, Mapping):
        return {}
    return {
        str(value): tuple(str(phrase)[:60] for phrase in ([phrases] if isinstance(phrases, str) else phrases))[:40]
        for value, phrases in hint.items()
        if isinstance(phrases, list | tuple | str)
    }


def _advice(hint: Any) -> dict[str, dict[str, str]]:
    of = hint.items() if isinstance(hint, Mapping) else ()
    return {
        str(value): {str(about): _sentence(words) for about, words in said.items()}
        for value, said in of
        if isinstance(said, Mapping)
    }


def _choice(value: Any, synonyms: Mapping[str, tuple[str, ...]], beside: Mapping[str, tuple[str, ...]]) -> Choice:
    """A value of an enum with all it may be called. A value that is a moment (ISO 8601) is known by it."""
    key = str(value.value if hasattr(value, "value") else value)
    day, hour = _moment(key)
    spoken = " ".join(re.sub(r"[_]+", " ", key).split())[:80] or "none"
    return Choice(value, spoken, synonyms.get(key, ()), day, hour, beside.get(key, ()))


def _moment(text: str) -> tuple[date | None, time | None]:
    found = re.match(r"^(\d{4}-\d\d-\d\d)?[T ]?(\d\d:\d\d)?(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$", text)
    if found is None or not text:
        return None, None
    try:
        return (
            date.fromisoformat(found[1]) if found[1] else None,
            time.fromisoformat(found[2]) if found[2] else None,
        )
    except ValueError:
        return None, None


def _bound(kind: Kind, merged: Mapping[str, Any], keys: tuple[str, ...], step: int) -> Any:
    """A least or greatest value as the kind's own type; an exclusive one of whole numbers is moved by one."""
    for key in keys:
        value = merged.get(key)
        if value is None or isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            return value + step if key.startswith("exclusive") and kind == "integer" else value
        day, hour = _moment(str(value))
        wanted = {"date": day, "time": hour}.get(kind)
        if wanted is not None:
            return wanted
    return None


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000 else default


def _digits(pattern: Any) -> tuple[int, int]:
    """How many digits a pattern of nothing but digits wants; any length, where it is another."""
    counted = re.fullmatch(r"\^\\d\{(\d{1,3})(?:,(\d{1,3}))?\}\$", pattern) if isinstance(pattern, str) else None
    return (int(counted[1]), int(counted[2] or counted[1])) if counted else (0, 400)


def _weekdays(value: Any) -> frozenset[int]:
    """The days of the week that are named; every one where none is."""
    named = {str(name).lower() for name in value} if isinstance(value, list | tuple) else set()
    return frozenset(day for day, name in enumerate(calendar.day_name) if name.lower() in named) or EVERY_DAY


def _pattern(value: Any) -> str | None:
    try:
        return value if isinstance(value, str) and len(value) < 300 and re.compile(value) else None
    except re.error:
        return None


def _sentence(value: Any) -> str:
    return " ".join(value.split())[:300] if isinstance(value, str) else ""
