"""The border between protobuf and the domain: `requests` reads it, `replies` writes it."""
