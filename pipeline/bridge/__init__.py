"""The Pub/Sub bridge: messages of the original's shape -> requests in the queue, pulled from a subscription or pushed to us.

A message is acknowledged only when what became of it is committed: its request is in the record, or it is a dead letter
because it can never succeed. Everything else comes again. So whatever dies at whatever moment, nothing is lost; and what
comes twice is known by its request id, or as a dead letter by its message key.
"""
