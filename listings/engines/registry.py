"""Which engines there are; it imports none, so that a command can name them at once."""

ENGINES = {"local": "listings.engines.local", "spark": "listings.engines.spark"}
"""Engine to its module, loaded when it's asked for: what it needs beyond the core is an extra."""

LOCAL = "local"
