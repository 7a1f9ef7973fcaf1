"""The committed reference is what the docstrings say."""

from pathlib import Path

from workflows.reference import generate

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "kit.md"


def test_the_committed_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == generate(), "The kit has changed and its page has not. Run `make docs`."


def test_everything_on_it_is_explained() -> None:
    headings = generate().split("\n#")
    bare = [part.splitlines()[0] for part in headings if not part.startswith("# ") and len(part.split("\n", 1)[1]) < 20]
    assert not bare
