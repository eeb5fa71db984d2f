"""How much work arrives?"""
