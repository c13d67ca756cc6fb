"""How covers lie in the database."""
