"""Queues that several kinds of jobs share."""

from listings.jobs import Queue

CONNECT = Queue("connect", concurrency=2)
"""Getting, renewing and giving back what opens a source."""
DELIVER = Queue("deliver", concurrency=4)
"""Everything that changes something at a source: fixes and replies."""
