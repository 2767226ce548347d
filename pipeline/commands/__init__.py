"""The verbs of the command line, one module each, with a `register(verbs)` that adds its parser."""

LOG_FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
