"""A simulated internet on loopback: every upstream's wire shapes, quirks, limits and faults."""
