"""Kills the stack, part by part, under calls, and counts what became of each thing that callers wanted."""
