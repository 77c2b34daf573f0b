"""The appliance: one resident's visit, its screens, its document, its staff side."""
