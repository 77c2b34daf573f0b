"""Parts that invented people are made of, and the named cases of the lab. Data only."""
