"""The page Prompts: the registry, one prompt with its versions, and the playground."""
