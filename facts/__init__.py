"""What providers and persons say of one thing, whichever: facts, when who is asked again, and which value is shown."""
