"""Finding the organization that a command works for."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.organization import Organization


class NoOrganization(Exception):
    """There is none, or more than one to choose from; the message says what to add."""


def the_organization(session: Session, name: str | None) -> Organization:
    """The organization of that name; without a name the only one there is. Raises NoOrganization."""
    found = session.scalars(sa.select(Organization).order_by(Organization.name)).all()
    if name is not None:
        found = [organization for organization in found if organization.name == name]
        if not found:
            raise NoOrganization(f"no organization is named “{name}”.")
    if not found:
        raise NoOrganization(
            "there is no organization yet. Create it with its first person: "
            'goodstanding person add you@example.com --name "You" --role admin --organization "Your company"'
        )
    if len(found) > 1:
        names = ", ".join(f"“{organization.name}”" for organization in found)
        raise NoOrganization(f"there are several organizations; add --organization with one of {names}.")
    return found[0]
