"""How a location is called where many of them stand below each other."""

from listings.models.location import Location


def place(location: Location) -> str:
    """Town and street, since the locations of a chain share one name; the name where there is neither."""
    street = (location.street or "").partition(",")[0].strip()
    return ", ".join(part for part in (location.city, street) if part) or location.name


def address(location: Location) -> str:
    """The postal address in one line, as far as the record has it."""
    town = " ".join(part for part in (location.region, location.postal_code) if part)
    return ", ".join(part for part in (location.street, location.city, town) if part) or "no address yet"
