"""Migrations of register.db, oldest first."""
