"""What did the client tell us? The facts about a team."""
