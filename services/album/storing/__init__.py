"""How does the store keep what it keeps?"""
