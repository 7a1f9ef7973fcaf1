from edge.metrics import Metrics


def test_two_sets_do_not_meet() -> None:
    one, other = Metrics.create(), Metrics.create()
    one.calls_active.set(3)
    one.turns.inc()
    one.voice_to_voice.observe(0.42)
    one.tool_outcomes.labels("book_visit", "completed").inc()
    text = one.render().decode()
    assert "trunkline_calls_active 3.0" in text
    assert "trunkline_turns_total 1.0" in text
    assert 'trunkline_voice_to_voice_seconds_bucket{le="0.5"} 1.0' in text
    assert 'trunkline_tool_outcomes_total{outcome="completed",tool="book_visit"} 1.0' in text
    assert "trunkline_calls_active 0.0" in other.render().decode()
