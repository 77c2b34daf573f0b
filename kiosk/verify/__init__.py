"""`kiosk verify`: is a copy's digital seal good, and what does it say? For anyone, without a network."""
