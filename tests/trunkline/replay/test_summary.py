"""The figures over all calls, and their words."""

import json

from trunkline.replay.decisions import Decision
from trunkline.replay.outcome import Divergence, Matched, Outcome
from trunkline.replay.summary import as_json, in_words, of_call, summarise

TURN = Decision("commit", 5.3, 5.0, "turn", "r2", 1, "Yes.", "finished")
LATER = Decision("commit", 5.5, 5.0, "turn", "r2", 1, "Yes.", "plain")
KEYS = Decision("commit", 9.5, 8.0, "turn", "r3", 2, "12", "keypad")
KEPT = Decision("keep", 7.5, 7.0, reply="r2")
YIELDED = Decision("yield", 7.4, 7.0, reply="r2")
CALL = Outcome(
    "CA1",
    decisions=6,
    matched=[Matched(TURN, LATER, 0.2, 0.4), Matched(KEYS, KEYS, 0.0), Matched(KEPT, KEPT, 0.0)],
    divergences=[
        Divergence(7.4, "taken", KEPT, YIELDED, until=12.0, skipped=1),
        Divergence(20.0, "cut_in", None, TURN, gap=0.3),
    ],
)


def test_figures() -> None:
    figures = summarise([CALL, Outcome("CA2")])
    assert (figures["calls"], figures["calls_diverged"], figures["decisions_left_out"]) == (2, 1, 1)
    assert figures["turns"] == {"alike": 2, "earlier": 0, "earlier_by_ms": 0, "later": 1, "later_by_ms": 200}
    assert figures["delay_recorded"] == {"mean_ms": 300, "p50_ms": 300, "p95_ms": 300}, "Keys are no silence."
    assert figures["delay_today"]["mean_ms"] == 500
    assert (figures["taken"], figures["cut_in"], figures["spared"], figures["cut_ins_in_both"]) == (1, 1, 0, 1)


def test_words_of_a_call() -> None:
    text = "\n".join(of_call(CALL))
    assert "3 of 6 decisions alike" in text
    assert "+200 ms" in text
    assert "finished > plain" in text
    assert "cuts in by 400 ms both times" in text
    assert "recorded: goes on at 7.50, 500 ms after the onset" in text
    assert "today:    stops at 7.40, 400 ms after the onset" in text
    assert "Comparable again from 12.00 s; 1 decision in between left out." in text
    assert "recorded: nothing at this point" in text


def test_words_of_all() -> None:
    text = "\n".join(in_words(summarise([CALL]), 1.0))
    assert "1 call, 1 diverged; 3 of 6 decisions alike, 1 left out after a divergence." in text
    assert "1 later (by 200 ms on the mean)" in text
    assert "1 gained, 0 lost; 1 in both" in text


def test_nothing_at_all_has_words_too() -> None:
    assert any("0 calls" in line for line in in_words(summarise([]), 1.0))


def test_json_holds_it_all() -> None:
    content = json.loads(json.dumps(as_json([CALL])))
    assert content["calls"][0]["divergences"][0]["today"]["kind"] == "yield"
    assert content["summary"]["calls"] == 1
