"""Pictures that lie with the music: in the files themselves, and beside them."""
