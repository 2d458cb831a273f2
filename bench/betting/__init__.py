"""How fast slips are placed and settled, beside what the database does at most."""
