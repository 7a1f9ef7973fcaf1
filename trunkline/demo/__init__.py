"""``make demo``: one call through the whole stack, watched from every side."""
