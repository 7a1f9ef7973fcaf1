"""What crosses a process border: events, tool contracts and subjects, as pydantic models.

Imports nothing of ours. JSON Schema and an AsyncAPI document are generated from here (``python -m schemas.documents``).
"""
