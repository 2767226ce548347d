"""The parts of the page Requests: filters, figures, the list, one request, and what is done to many."""
