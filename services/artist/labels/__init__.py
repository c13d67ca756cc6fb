"""Which label brings out an artist's records?"""
