"""Where the invented chain stands: real cities, areas, ZIP codes and area codes, approximate points."""

from typing import NamedTuple


class Area(NamedTuple):
    """A neighbourhood with one of its ZIP codes and the latitude and longitude of its middle."""

    name: str
    postal_code: str
    latitude: float
    longitude: float


class City(NamedTuple):
    """A US city: its state, one telephone area code, its IANA time zone and three areas."""

    name: str
    region: str
    area_code: str
    time_zone: str
    areas: tuple[Area, Area, Area]


CITIES = (
    City(
        "Columbus", "OH", "614", "America/New_York",
        (
            Area("Clintonville", "43214", 40.0553, -83.0187),
            Area("German Village", "43206", 39.9474, -82.9921),
            Area("Grandview Heights", "43212", 39.9823, -83.0428),
        ),
    ),
    City(
        "Cincinnati", "OH", "513", "America/New_York",
        (
            Area("Hyde Park", "45208", 39.1392, -84.4434),
            Area("Northside", "45223", 39.1624, -84.5358),
            Area("Over-the-Rhine", "45202", 39.1103, -84.5152),
        ),
    ),
    City(
        "Indianapolis", "IN", "317", "America/Indiana/Indianapolis",
        (
            Area("Broad Ripple", "46220", 39.8681, -86.1420),
            Area("Fountain Square", "46203", 39.7522, -86.1401),
            Area("Castleton", "46250", 39.9071, -86.0563),
        ),
    ),
    City(
        "Louisville", "KY", "502", "America/Kentucky/Louisville",
        (
            Area("Highlands", "40204", 38.2371, -85.7220),
            Area("St. Matthews", "40207", 38.2523, -85.6512),
            Area("Clifton", "40206", 38.2541, -85.7108),
        ),
    ),
    City(
        "Pittsburgh", "PA", "412", "America/New_York",
        (
            Area("Squirrel Hill", "15217", 40.4313, -79.9229),
            Area("Shadyside", "15232", 40.4532, -79.9331),
            Area("Lawrenceville", "15201", 40.4701, -79.9602),
        ),
    ),
    City(
        "Chicago", "IL", "773", "America/Chicago",
        (
            Area("Lincoln Square", "60625", 41.9703, -87.6891),
            Area("Logan Square", "60647", 41.9232, -87.7004),
            Area("Hyde Park", "60615", 41.8019, -87.6021),
        ),
    ),
    City(
        "Providence", "RI", "401", "America/New_York",
        (
            Area("Wayland Square", "02906", 41.8281, -71.3879),
            Area("Federal Hill", "02909", 41.8229, -71.4322),
            Area("Elmhurst", "02908", 41.8402, -71.4433),
        ),
    ),
    City(
        "Denver", "CO", "303", "America/Denver",
        (
            Area("Highland", "80211", 39.7621, -105.0132),
            Area("Washington Park", "80209", 39.7049, -104.9701),
            Area("Central Park", "80238", 39.7690, -104.8812),
        ),
    ),
    City(
        "Milwaukee", "WI", "414", "America/Chicago",
        (
            Area("Bay View", "53207", 42.9931, -87.8990),
            Area("Third Ward", "53202", 43.0339, -87.9061),
            Area("Riverwest", "53212", 43.0702, -87.9023),
        ),
    ),
    City(
        "Minneapolis", "MN", "612", "America/Chicago",
        (
            Area("Uptown", "55408", 44.9488, -93.2983),
            Area("Longfellow", "55406", 44.9432, -93.2221),
            Area("North Loop", "55401", 44.9861, -93.2749),
        ),
    ),
    City(
        "Nashville", "TN", "615", "America/Chicago",
        (
            Area("East Nashville", "37206", 36.1803, -86.7402),
            Area("Sylvan Park", "37209", 36.1481, -86.8410),
            Area("Green Hills", "37215", 36.1029, -86.8163),
        ),
    ),
    City(
        "St. Louis", "MO", "314", "America/Chicago",
        (
            Area("Tower Grove South", "63116", 38.6002, -90.2579),
            Area("Central West End", "63108", 38.6441, -90.2571),
            Area("The Hill", "63110", 38.6171, -90.2762),
        ),
    ),
    City(
        "Kansas City", "MO", "816", "America/Chicago",
        (
            Area("Brookside", "64113", 39.0113, -94.5921),
            Area("Westport", "64111", 39.0529, -94.5912),
            Area("Waldo", "64114", 38.9851, -94.5920),
        ),
    ),
    City(
        "Phoenix", "AZ", "602", "America/Phoenix",
        (
            Area("Arcadia", "85018", 33.4970, -111.9901),
            Area("Melrose", "85013", 33.5081, -112.0819),
            Area("Ahwatukee", "85048", 33.3052, -112.0371),
        ),
    ),
    City(
        "Albuquerque", "NM", "505", "America/Denver",
        (
            Area("Nob Hill", "87106", 35.0791, -106.6122),
            Area("Old Town", "87104", 35.0989, -106.6739),
            Area("Northeast Heights", "87111", 35.1391, -106.5161),
        ),
    ),
    City(
        "San Antonio", "TX", "210", "America/Chicago",
        (
            Area("King William", "78204", 29.4112, -98.4961),
            Area("Stone Oak", "78258", 29.6471, -98.4889),
            Area("Monte Vista", "78212", 29.4602, -98.4971),
        ),
    ),
    City(
        "Austin", "TX", "512", "America/Chicago",
        (
            Area("Hyde Park", "78751", 30.3101, -97.7232),
            Area("Zilker", "78704", 30.2491, -97.7709),
            Area("Mueller", "78723", 30.2992, -97.7031),
        ),
    ),
    City(
        "Houston", "TX", "713", "America/Chicago",
        (
            Area("Montrose", "77006", 29.7421, -95.3930),
            Area("The Heights", "77008", 29.7989, -95.4112),
            Area("Rice Village", "77005", 29.7161, -95.4149),
        ),
    ),
    City(
        "Atlanta", "GA", "404", "America/New_York",
        (
            Area("Inman Park", "30307", 33.7571, -84.3489),
            Area("Virginia-Highland", "30306", 33.7832, -84.3551),
            Area("Grant Park", "30312", 33.7399, -84.3711),
        ),
    ),
    City(
        "Charlotte", "NC", "704", "America/New_York",
        (
            Area("Dilworth", "28203", 35.2069, -80.8571),
            Area("NoDa", "28205", 35.2471, -80.8072),
            Area("Ballantyne", "28277", 35.0529, -80.8470),
        ),
    ),
    City(
        "Richmond", "VA", "804", "America/New_York",
        (
            Area("Carytown", "23221", 37.5541, -77.4859),
            Area("Church Hill", "23223", 37.5312, -77.4161),
            Area("Scott's Addition", "23230", 37.5682, -77.4760),
        ),
    ),
    City(
        "Philadelphia", "PA", "215", "America/New_York",
        (
            Area("Fishtown", "19125", 39.9741, -75.1332),
            Area("Passyunk Square", "19147", 39.9342, -75.1601),
            Area("Chestnut Hill", "19118", 40.0731, -75.2069),
        ),
    ),
    City(
        "Buffalo", "NY", "716", "America/New_York",
        (
            Area("Elmwood Village", "14222", 42.9151, -78.8769),
            Area("North Buffalo", "14216", 42.9439, -78.8602),
            Area("Allentown", "14201", 42.9001, -78.8798),
        ),
    ),
    City(
        "Sacramento", "CA", "916", "America/Los_Angeles",
        (
            Area("Midtown", "95816", 38.5712, -121.4731),
            Area("Land Park", "95818", 38.5481, -121.4972),
            Area("East Sacramento", "95819", 38.5671, -121.4370),
        ),
    ),
)  # fmt: skip

STREETS = (
    "Main Street", "Oak Street", "Maple Avenue", "Church Street", "Park Avenue", "Grant Street",
    "Walnut Street", "Washington Avenue", "Center Street", "Franklin Avenue", "Cherry Street",
    "Highland Avenue", "Jefferson Street", "Market Street", "Broadway", "Linden Avenue",
    "Monroe Street", "Chestnut Street", "Madison Avenue", "Spring Street", "Vine Street",
    "Lincoln Avenue", "Second Street", "Fifth Avenue", "Mill Road", "Sunset Boulevard",
    "Prospect Avenue", "Elm Street", "River Road", "Orchard Lane", "Lafayette Avenue",
    "Harrison Street", "Woodland Drive", "Clay Street", "Union Street", "Garfield Avenue",
    "North High Street", "West Third Street", "East Ninth Street", "South Boulevard",
    "Belmont Avenue", "Rosewood Drive", "Court Street", "Railroad Avenue", "Ridge Road",
    "Winchester Pike", "Juniper Lane", "College Avenue",
)  # fmt: skip
"""Street names that most US cities have, as an owner writes them: in full."""
