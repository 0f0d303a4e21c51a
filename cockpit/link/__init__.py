"""How a user interface reaches a desk."""
