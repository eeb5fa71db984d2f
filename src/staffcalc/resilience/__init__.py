"""Who or what can the team not lose?"""
