"""Portal users: log-in, and the link from a user to a subscriber."""
