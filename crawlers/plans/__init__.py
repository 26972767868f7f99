"""The order of requests of each source."""
