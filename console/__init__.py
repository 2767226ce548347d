"""The console: what people see. It reads the record and submits to the queue; it never makes a lesson itself."""
