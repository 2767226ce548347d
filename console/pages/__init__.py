"""One file per page; the name of the file is the path of the page."""
