"""The staff side: checks that end in findings, and the reports made of them."""
