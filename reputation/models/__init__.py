"""A file per noun. Importing this package makes every table of both floors known to the metadata."""

import listings.models as listings_models
from reputation.models import reply as reply
from reputation.models import review as review
from reputation.models import review_pass as review_pass
from reputation.models import widget as widget

__all__ = ["listings_models"]
