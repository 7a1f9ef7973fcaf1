"""A package of tools for tests: what it takes and gives is sensitive."""
