"""A small register network of invented people on one machine, made on the spot and run as it would run in the field."""
