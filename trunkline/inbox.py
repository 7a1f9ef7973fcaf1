"""``trunkline inbox``: what waits for a person, and its answers, by the same updates that a console sends."""

import asyncio
import getpass
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from temporalio.service import RPCError

from schemas.keys import read_keys
from schemas.sealing import Seals
from trunkline.durable import desk_settings, temporal
from trunkline.errors import TrunklineError
from workers.inbox import Inbox, Item, NotTaken

DATA = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder of the local stack.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
KINDS = {
    "approval": "decide",
    "question": "answer for the caller",
    "call_back": "ring the caller",
    "link": "the caller has a link",
    "repair": "undo it by hand and answer done=yes; done=no has it tried again",
}


@click.group(invoke_without_command=True)
@DATA
@JSON
@click.option("--all", "callers_too", is_flag=True, help="Also what waits for callers who were sent a link.")
@click.pass_context
def inbox(ctx: click.Context, data: Path | None, as_json: bool, callers_too: bool) -> None:
    """List what waits for a person, the most urgent first.

    Each says until when it waits, and what holds after that. 'trunkline inbox answer ID' answers one of them.
    """
    ctx.obj = data
    if ctx.invoked_subcommand is not None:
        return
    items = asyncio.run(_items(data, callers_too))
    if as_json:
        click.echo(json.dumps([as_object(item) for item in items], ensure_ascii=False))
    elif not items:
        click.echo("Nothing waits for anybody.")
    else:
        click.echo("\n\n".join(in_words(item, datetime.now(UTC)) for item in items))


@inbox.command()
@click.argument("item_id", metavar="ID")
@click.option("--yes/--no", "yes", default=None, help="The answer to its yes-or-no field.")
@click.option("--set", "fields", multiple=True, metavar="NAME=VALUE", help="A field of the answer. Repeatable.")
@click.option("--note", default="", help="For the record.")
@click.option("--by", default=getpass.getuser, show_default="your user name", help="Who answers.")
@JSON
@click.pass_obj
def answer(
    data: Path | None,
    item_id: str,
    yes: bool | None,
    fields: tuple[str, ...],
    note: str,
    by: str,
    as_json: bool,
) -> None:
    """Answer one of them.

    ID may be any part of an id that only one has. --yes and --no are the answer to the field that is a yes or a no,
    --set fills each other: trunkline inbox answer ID --yes --set minutes=25
    """
    item = asyncio.run(_answer(data, item_id, yes, fields, note, by))
    if as_json:
        click.echo(json.dumps({"id": item.waiting.id, "workflow": item.workflow_id, "by": by}))
    else:
        click.echo(f"{item.workflow_id} goes on with that.")


async def _items(data: Path | None, callers_too: bool) -> list[Item]:
    settings = desk_settings(data)
    try:
        return await Inbox(await temporal(settings)).items(callers_too=callers_too)
    except RPCError as error:
        raise TrunklineError(f"Temporal could not search for what waits: {error.message}") from error
    except (KeyError, ValueError) as error:  # KeyError: the SDK knows no such encoding where there is no key at all.
        raise TrunklineError(
            f"What waits is encrypted, and cannot be read here ({error.args[0] if error.args else error}). Set "
            "TRUNKLINE_PAYLOAD_KEYS to what the workers have."
        ) from error


async def _answer(data: Path | None, item_id: str, yes: bool | None, fields: Sequence[str], note: str, by: str) -> Item:
    item = one_of(await _items(data, True), item_id)
    settings = desk_settings(data)
    box = Inbox(await temporal(settings), seals=Seals(read_keys(settings.sealing_keys.get_secret_value())))
    try:
        await box.answer(item, built(item.waiting.answer, yes, fields), by, note)
    except NotTaken as error:
        raise TrunklineError(f"That was not taken. {error}") from None
    except RPCError as error:
        raise TrunklineError(f"No worker took the answer: {error.message}. It still waits.") from error
    return item


def one_of(items: Sequence[Item], part: str) -> Item:
    """The one item whose id has this part.

    Raises:
        TrunklineError: none has, or several have.
    """
    found = [item for item in items if part == item.waiting.id] or [item for item in items if part in item.waiting.id]
    if len(found) != 1:
        known = ", ".join(item.waiting.id for item in (found or items)) or "nothing"
        raise TrunklineError(f"{part!r} is {'part of several ids' if found else 'no id of what waits'}: {known}.")
    return found[0]


def built(schema: dict[str, Any], yes: bool | None, fields: Sequence[str]) -> dict[str, Any]:
    """The answer that the options give, each field in its schema's type; ``yes`` goes to the one yes-or-no field.

    Raises:
        TrunklineError: an option is malformed, names nothing or contradicts another, or none was given.
    """
    known: dict[str, Any] = schema.get("properties", {})
    answer: dict[str, Any] = {} if yes is None else {_yes_or_no(known): yes}
    for field in fields:
        name, equals, text = field.partition("=")
        if not equals or name not in known:
            raise TrunklineError(f"--set {field}: give NAME=VALUE with a name of {', '.join(known)}.")
        value = _typed(known[name], text)
        if answer.setdefault(name, value) != value:
            raise TrunklineError(f"--set {field} says otherwise than another option; give one of the two.")
        answer[name] = value
    if not answer:
        raise TrunklineError(f"What is the answer? Give --yes or --no, or --set NAME=VALUE for {', '.join(known)}.")
    return answer


def _yes_or_no(known: dict[str, Any]) -> str:
    """The field that --yes and --no mean.

    Raises:
        TrunklineError: none, or more than one may be meant.
    """
    found = [name for name, field in known.items() if field.get("type") == "boolean"]
    if not found:
        raise TrunklineError(f"This is answered by no yes or no; give --set NAME=VALUE for {', '.join(known)}.")
    if len(found) > 1:
        raise TrunklineError(f"--yes and --no could mean {' or '.join(found)}; say which, like --set {found[0]}=yes.")
    return found[0]


def _typed(schema: dict[str, Any], text: str) -> Any:
    kinds = {schema.get("type"), *(each.get("type") for each in schema.get("anyOf", ()))}
    if kinds & {"boolean", "integer", "number", "array", "object"}:
        try:
            return json.loads({"yes": "true", "no": "false"}.get(text.lower(), text))
        except ValueError:
            return text  # The workflow says what is wrong with it.
    return text


def as_object(item: Item) -> dict[str, Any]:
    """For programs."""
    return {"workflow": item.workflow_id, **item.waiting.model_dump(mode="json")}


def in_words(item: Item, now: datetime) -> str:
    """For people."""
    waiting = item.waiting
    fields = [f"{name} ({_about(field)}" for name, field in waiting.answer.get("properties", {}).items()]
    return "\n".join(
        [
            f"{waiting.text}",
            *(f"  {name}: {text}" for name, text in waiting.details.items()),
            f"  to do:   {KINDS[waiting.kind]}, within {_left((waiting.until - now).total_seconds())}",
            f"  or else: {waiting.otherwise}",
            *(f"  {'answer:' * (place == 0):<8} {field}" for place, field in enumerate(fields)),
            f"  for:     {waiting.tool} of call {waiting.call_id}",
            f"  id:      {waiting.id}",
        ]
    )


def _left(seconds: float) -> str:
    minutes, seconds = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def _about(field: dict[str, Any]) -> str:
    one = next((kind for kind in field.get("anyOf", ()) if kind.get("type") != "null"), field)
    if "enum" in one:
        kind = " | ".join(map(str, one["enum"]))
    else:
        kind = {"boolean": "yes | no"}.get(str(one.get("type")), str(one.get("format") or one.get("type") or "any"))
    about = field.get("description")
    return f"{kind}): {about}" if about else f"{kind})"
