"""How do messages become what the domain speaks of, and back?"""
