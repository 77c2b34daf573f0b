"""The kiosk's side of the line to its own town: one question, one answer, one deadline, no hidden retry."""
