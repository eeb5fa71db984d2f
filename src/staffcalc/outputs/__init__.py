"""How is the answer handed over?"""
