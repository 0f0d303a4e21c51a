"""Ways to reach a market: practice, replay and the real one."""
