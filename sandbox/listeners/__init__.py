"""Whose listening the simulated internet remembers."""
