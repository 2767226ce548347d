"""The parts of the page Organisation, one module each. They arrange; what may be changed is decided by the services."""
