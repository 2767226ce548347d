"""The page Retrieval: asking in lists side by side, two systems query by query, runs over time, corpora, labels."""
