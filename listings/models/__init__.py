"""A file per noun. Importing this package makes every table of this floor known to the metadata."""

from listings.models import (
    attributes as attributes,
)
from listings.models import (
    consent as consent,
)
from listings.models import (
    crawl as crawl,
)
from listings.models import (
    duplicate as duplicate,
)
from listings.models import (
    fill as fill,
)
from listings.models import (
    fix as fix,
)
from listings.models import (
    given_url as given_url,
)
from listings.models import (
    imports as imports,
)
from listings.models import (
    listing as listing,
)
from listings.models import (
    location as location,
)
from listings.models import (
    match_limits as match_limits,
)
from listings.models import (
    mismatch as mismatch,
)
from listings.models import (
    organization as organization,
)
from listings.models import (
    permission as permission,
)
from listings.models import (
    person as person,
)
from listings.models import (
    push as push,
)
from listings.models import (
    schedule as schedule,
)
from listings.models import (
    snapshot as snapshot,
)
from listings.models import (
    traffic as traffic,
)
from listings.models import (
    withdrawal as withdrawal,
)
from listings.models import (
    worker as worker,
)
