"""The music the simulated internet knows: real artists with their records, and fictional ones by the thousand."""
