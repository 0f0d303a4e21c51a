"""Why: what holds now of a pair, a parent, an entry or an offer, by the rows that the rules themselves yield."""
