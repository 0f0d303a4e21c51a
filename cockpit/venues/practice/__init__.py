"""The practice venue: a seeded exchange in the process, with other traders."""
