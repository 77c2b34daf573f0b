"""Data only: words, pictures, certificate forms, printer models, log events. Read with `importlib.resources.files("assets")`."""
