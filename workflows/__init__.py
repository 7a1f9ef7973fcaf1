"""Durable business: deterministic workflow code, and the kit to write it.

A tool is one file (or a folder) in ``workflows/tools`` that names its ``TOOL``; see ``workflows.tool``.
"""
