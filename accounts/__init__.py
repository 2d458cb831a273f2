"""People: who they are, what they agreed to, what they did, and who is asking."""
