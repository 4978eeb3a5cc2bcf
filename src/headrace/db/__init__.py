"""How Headrace reaches PostgreSQL: connections, transactions, the embedded server, migrations."""
