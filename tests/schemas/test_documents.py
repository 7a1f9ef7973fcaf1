import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas.documents import DIALECT, generate
from schemas.events import KINDS, TO_EDGE, encode, headers
from schemas.examples import example, example_tool
from schemas.subjects import subject

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
Validator = jsonschema.Draft202012Validator


def test_the_committed_documents_are_fresh() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.glob("*.json")}
    stale = sorted(name for name, text in generate().items() if committed.get(name) != text)
    stale += sorted(set(committed) - set(generate()))
    assert not stale, f"The schemas have changed and these documents have not: {', '.join(stale)}. Run `make docs`."


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_one_and_takes_its_example(kind: str) -> None:
    schema = json.loads(generate()[f"{kind}.json"])
    assert schema["$schema"] == DIALECT
    Validator.check_schema(schema)
    event = json.loads(encode(example(kind)))
    Validator(schema).validate(event)
    del event["call_id"]
    with pytest.raises(jsonschema.ValidationError, match="call_id"):
        Validator(schema).validate(event)
    with pytest.raises(jsonschema.ValidationError):
        Validator(schema).validate({**event, "call_id": "not a token"})


def test_the_tool_spec_has_a_schema() -> None:
    schema = json.loads(generate()["tool_spec.json"])
    Validator.check_schema(schema)
    Validator(schema).validate(example_tool().model_dump(mode="json"))


def test_the_asyncapi_document_tells_every_subject_and_message() -> None:
    document = json.loads(generate()["asyncapi.json"])
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == set(document["operations"]) == {*KINDS, "tools"}
    for kind, event in KINDS.items():
        value = example(kind)
        address = document["channels"][kind]["address"]
        assert address.replace("{region}", value.region).replace("{call_id}", value.call_id) == subject(value)
        assert document["operations"][kind]["action"] == ("receive" if event in TO_EDGE else "send")


def test_every_reference_in_it_leads_somewhere_and_its_examples_are_valid() -> None:
    document = json.loads(generate()["asyncapi.json"])
    for reference in references(document):
        resolve(document, reference)
    for message in document["components"]["messages"].values():
        for part in ("headers", "payload"):
            if part in message:
                whole = {**resolve(document, message[part]["$ref"]), "components": document["components"]}
                Validator(whole).validate(message["examples"][0][part])


def test_the_headers_are_those_that_are_sent() -> None:
    document = json.loads(generate()["asyncapi.json"])
    assert document["components"]["schemas"]["Headers"]["required"] == list(headers(example("call_started")))


def test_it_writes_them_and_takes_old_ones_away(tmp_path: Path) -> None:
    (tmp_path / "gone.json").write_text("{}")
    (tmp_path / "README.md").write_text("kept")
    command = [sys.executable, "-m", "schemas.documents", str(tmp_path)]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json")}
    assert written == generate()
    assert (tmp_path / "README.md").exists()
    failed = subprocess.run(command[:3], check=False, timeout=60, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "DIR" in failed.stderr


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [reference for item in value.values() for reference in references(item)]
    if isinstance(value, list):
        return [reference for item in value for reference in references(item)]
    return []


def resolve(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_the_page_on_events_names_every_kind() -> None:
    page = (COMMITTED.parent / "events.md").read_text(encoding="utf-8")
    for kind, event in KINDS.items():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{kind}` |")]
        assert len(rows) == 1, f"docs/reference/events.md has {len(rows)} rows for {kind}."
        assert ("May be lost" in rows[0]) != event.durable
