"""Spotify's Web API: tokens, calls, and what its refusals mean."""
