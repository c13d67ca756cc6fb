"""What an older installation knew of its artists, taken over once."""
