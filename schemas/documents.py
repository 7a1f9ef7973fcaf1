"""The documents made from the schemas: a JSON Schema for each kind of event, and one AsyncAPI 3 document.

``python -m schemas.documents DIR`` writes them; the same schemas always give the same bytes.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.base import Event
from schemas.events import KINDS, TO_EDGE, headers
from schemas.examples import example, example_report, example_tool
from schemas.reports import CallReport
from schemas.subjects import TOOLS_BUCKET, VERSION, call_subject, calls_stream
from schemas.tools import ToolSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Document = dict[str, Any]

_HEADERS: Mapping[str, str] = {
    "ce-specversion": "CloudEvents version.",
    "ce-id": "The event's id.",
    "ce-type": "The event's kind, with the version of the schemas.",
    "ce-source": "The region it comes from.",
    "ce-subject": "The call's id.",
    "ce-time": "Wall clock, ISO 8601, UTC.",
    "Nats-Msg-Id": "The event's id; JetStream stores a second message with it as little as a repeated one.",
}


def generate() -> dict[str, str]:
    """File name → text of every document."""
    files = {f"{kind}.json": _schema(event, kind, example(kind)) for kind, event in KINDS.items()}
    files["tool_spec.json"] = _schema(ToolSpec, "tool_spec", example_tool())
    files["call_report.json"] = _schema(CallReport, "call_report", example_report())
    files["asyncapi.json"] = asyncapi()
    return {name: json.dumps(document, indent=2, ensure_ascii=False) + "\n" for name, document in files.items()}


def _schema(model: type[BaseModel], name: str, value: BaseModel) -> Document:
    """What is on the wire: a field with a default is always there."""
    schema = model.model_json_schema(mode="serialization")
    identity = {"$schema": DIALECT, "$id": f"urn:trunkline:{VERSION}:{name}"}
    return {**identity, **schema, "examples": [value.model_dump(mode="json")]}


def asyncapi() -> Document:
    """All subjects with their messages, as an edge node sends and receives them."""
    kinds = KINDS.items()
    models: list[type[BaseModel]] = [*KINDS.values(), ToolSpec]
    _, schemas = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Trunkline",
            "version": VERSION,
            "description": "Events of calls over NATS, as an edge node sends and receives them.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {**{kind: _channel(event) for kind, event in kinds}, "tools": _tools_channel()},
        "operations": {**{kind: _operation(event) for kind, event in kinds}, "tools": _tools_operation()},
        "components": {
            "messages": {**{kind: _message(event) for kind, event in kinds}, "tool_spec": _tools_message()},
            "schemas": {**schemas["$defs"], "Headers": _headers()},
        },
    }


def _channel(event: type[Event]) -> Document:
    stream = calls_stream("<region>").replace("<REGION>", "{REGION}")
    fate = f"Stored on the JetStream stream {stream}." if event.durable else "Core NATS only: it may be lost."
    return {
        "address": call_subject("{region}", "{call_id}", event.kind, durable=event.durable),
        "description": fate,
        "parameters": {"region": {"description": "The region's name."}, "call_id": {"description": "The call's id."}},
        "messages": {event.kind: _ref("messages", event.kind)},
    }


def _operation(event: type[Event]) -> Document:
    return {
        "action": "receive" if event in TO_EDGE else "send",
        "channel": {"$ref": f"#/channels/{event.kind}"},
        "summary": _summary(event),
    }


def _message(event: type[Event]) -> Document:
    value = example(event.kind)
    return {
        "name": event.kind,
        "title": event.__name__,
        "summary": _summary(event),
        "headers": _ref("schemas", "Headers"),
        "payload": _ref("schemas", event.__name__),
        "examples": [{"headers": headers(value), "payload": value.model_dump(mode="json")}],
    }


def _headers() -> Document:
    texts = {name: {"type": "string", "description": text} for name, text in _HEADERS.items()}
    return {"type": "object", "properties": texts, "required": list(texts)}


def _tools_channel() -> Document:
    return {
        "address": f"$KV.{TOOLS_BUCKET}.{{tool}}",
        "description": f"Key-value bucket {TOOLS_BUCKET}: the durable tools that workers offer at this moment.",
        "parameters": {"tool": {"description": "The tool's name."}},
        "messages": {"tool_spec": _ref("messages", "tool_spec")},
    }


def _tools_operation() -> Document:
    return {"action": "receive", "channel": {"$ref": "#/channels/tools"}, "summary": _summary(ToolSpec)}


def _tools_message() -> Document:
    return {
        "name": "tool_spec",
        "title": "ToolSpec",
        "summary": _summary(ToolSpec),
        "payload": _ref("schemas", "ToolSpec"),
        "examples": [{"payload": example_tool().model_dump(mode="json")}],
    }


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _ref(section: str, name: str) -> Document:
    return {"$ref": f"#/components/{section}/{name}"}


def main(folder: Path) -> None:
    """Write the documents; JSON files in the folder that are no longer among them are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    files = generate()
    for stale in {path.name for path in folder.glob("*.json")} - set(files):
        (folder / stale).unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"Wrote {len(files)} documents to {folder}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where to: python -m schemas.documents DIR")
    main(Path(sys.argv[1]))
