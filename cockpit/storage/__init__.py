"""What must survive: the journal and its tables."""
