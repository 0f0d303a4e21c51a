"""Orders as they are typed in another terminal: read, resolved against the desk's picture, sent, and answered."""
