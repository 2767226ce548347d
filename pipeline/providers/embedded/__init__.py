"""The embedded family: everything on this machine, no keys, no network."""
