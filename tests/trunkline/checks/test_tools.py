"""Tools that cannot be offered, and agents that name tools which are not there, are pointed out."""

from pathlib import Path

from trunkline.checks import tools
from workflows.catalog import scan


async def test_the_demo_agents_tools_are_offered() -> None:
    (finding,) = await tools.check()
    assert finding.state == "ok"
    assert "book_visit" in finding.detail


async def test_a_misspelt_tool_is_named_with_those_there_are(tmp_path: Path) -> None:
    agent = tmp_path / "agent.yaml"
    agent.write_text("name: A\nbusiness: B\ngreeting: Hello.\ntools: [book_visits]\n")
    (finding,) = await tools.check(agent)
    assert finding.state == "warning"
    assert "book_visits" in finding.detail
    assert "book_visit" in finding.advice


async def test_a_broken_tool_is_shown_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "broken_tool.py").write_text("TOOL = 1 +\n")
    catalog = scan("broken_tools", [str(tmp_path)])
    findings = await tools.check(catalog=catalog)
    assert any("broken_tool.py:1" in finding.detail for finding in findings)
