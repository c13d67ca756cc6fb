"""The scan of the music folder. Imports nothing: the process that reads tags begins here, and is to begin fast."""
