"""Who is an artist elsewhere, and which of ours is meant?"""
