"""One resident's visit, decided without touching anything: events and levels in, commands and views out."""
