"""How open parents are worked: one file for each way, and what they share."""
