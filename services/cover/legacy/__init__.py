"""Covers that an older installation could reach by lastfm:// only: each is looked for anew, once."""
