"""Who is on, and when?"""
