"""One stage, one file, one verb. A stage gets a bill (`spend`) and what it needs; it knows no clock, table or page."""
