"""A node's two databases: what is registered, and what was asked, issued and told. Files of SQLite, or schemas on a PostgreSQL server."""
