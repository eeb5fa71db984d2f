"""How many people does the work take?"""
