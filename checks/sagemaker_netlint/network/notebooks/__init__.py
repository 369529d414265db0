"""Notebook instances inside: their network mode, the routes on them, and those that scripts add."""
