"""What a person or rule asks for, turned into parents with plans, or refused with a reason."""
