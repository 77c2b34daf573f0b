"""A node's two database files: what is registered (register.db), and what was asked, issued and told (issue.db)."""
