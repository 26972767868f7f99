"""Queues that several kinds of jobs share."""

from listings.jobs import Queue

DELIVER = Queue("deliver", concurrency=4)
"""Everything that changes something at a source: fixes and replies."""
