"""How are files read that may do anything to whoever reads them? By processes that are given little, and never through a link."""
