"""The page Deployments: what each deploy fixed, broke and unmasked, its checklist, and the baseline."""
