"""How plays, imports and the tracker's own state lie in the database."""
