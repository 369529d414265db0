"""Principals and their policies, what IAM decides of a request, and guards that don't guard."""
