"""What should be done, and what does it cost?"""
