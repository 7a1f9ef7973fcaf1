"""Emulated vendors of fixed latency that speak the vendors' own wire protocols, for benchmarks and tests.

Deepgram listen (v1) and Flux (v2), AssemblyAI streaming (v3), OpenAI chat completions and Cartesia's
websocket, in one server: see ``server``.
What callers say and what the model answers is a script (``script``); faults are ordered by ``faults``.
"""
