"""Live updates: what happens to a job, told from its tables to everyone who watches it."""
