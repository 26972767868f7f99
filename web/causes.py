"""What rows of one cause have in common, as the title of their group."""

TITLES = {
    "status.closed_on_listing": "Marked permanently closed",
    "status.temporarily_closed_on_listing": "Marked temporarily closed",
    "status.open_on_listing": "Marked open",
    "street.unit_missing": "Suite number missing",
    "street.other_unit": "Another suite number",
    "phone.toll_free": "A toll-free number",
    "phone.not_valid": "A number that can’t be dialled",
    "coordinates.far": "Pin is far from the door",
    "hours.other_days": "Opens on other days or at other times",
    "hours.other_times": "Other opening times",
    "website.directory": "Website leads to a directory page",
    "website.other_page": "Website leads to another page",
    "name.other_store_number": "Another store number in the name",
    "name.spelling": "Name is spelled differently",
}
"""Reasons whose title needs no value."""

WITH_VALUE = {
    "name": "Named “{}”",
    "street": "Address is {}",
    "city": "City is {}",
    "region": "State is {}",
    "postal_code": "Postal code is {}",
    "phone": "Phone is {}",
    "website": "Website is {}",
    "category": "Category is “{}”",
}
WITHOUT_VALUE = {
    "name": "Another name",
    "street": "Another address",
    "city": "Another city",
    "region": "Another state",
    "postal_code": "Another postal code",
    "phone": "Another phone number",
    "website": "Another website",
    "category": "Another category",
    "hours": "Other hours",
    "special_hours": "Other special hours",
    "status": "Another open status",
    "coordinates": "Another pin",
}
MISSING = {
    "phone": "No phone number",
    "special_hours": "No special hours",
    "hours": "No opening hours",
    "website": "No website",
    "street": "No street address",
    "coordinates": "No pin",
    "status": "No open status",
}
LONGEST_VALUE = 48


def title(field: str, reason: str, live: str) -> str:
    """The title of a group of one cause; `live` is the value they share as it is read, "" when not kept."""
    if reason.endswith(".not_on_listing"):
        return MISSING.get(field, f"No {field.replace('_', ' ')}")
    if reason in TITLES:
        return TITLES[reason]
    if live and field in WITH_VALUE:
        return WITH_VALUE[field].format(live if len(live) <= LONGEST_VALUE else f"{live[:LONGEST_VALUE]}…")
    return WITHOUT_VALUE.get(field, "Another value")
