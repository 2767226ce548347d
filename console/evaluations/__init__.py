"""The page Evaluations: runs with their figures, questions, votes, the judge beside people, gates, starting a run."""
