"""The seeded generator of training text: every sentence comes from the word lists and templates here."""
