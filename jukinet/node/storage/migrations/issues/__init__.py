"""Migrations of issue.db, oldest first."""
