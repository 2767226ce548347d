"""The page Errors: groups over a window, one group whole, the live tail, rules, and where lines come from."""
