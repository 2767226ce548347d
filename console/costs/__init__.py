"""The page Costs: what was spent and saved, what it may come to, and what may be spent."""
