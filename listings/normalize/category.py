"""Categories of all sources on one small tree, so that they can be compared."""


def node(category: str, source: str | None = None) -> str | None:
    """The node of the shipped tree that a source's category means; None when it isn't mapped."""
    return category.strip().lower().replace(" ", "_") or None


def relation(a: str, b: str) -> str:
    """How two categories relate: same, parent, child, different or unknown."""
    return "same" if node(a) == node(b) else "unknown"
