"""The vocabulary of the invented towns of bench/towns.py: written down for it, taken from nowhere."""


def _words(text: str) -> list[str]:
    return text.split()


def _names(text: str) -> list[str]:
    return text.split(", ")


SURNAMES = _words(
    "Abrell Ackland Balcerak Barnhill Brightwater Caldecott Castellan Corrigan Dallimore Dreyfuss "
    "Eastlake Falkenrath Farquhar Gallimore Gerlach Haverstock Hollenbeck Ingersoll Jankowitz Kellerman "
    "Kilbride Lachance Larkspur Mandeville Merriweather Nakashima Ngata Oakhurst Okafor Pemberton "
    "Petrossian Quillfeather Ravenhill Rosenthal Sandoval Silverthorn Tamaki Thackeray Underhill "
    "Vandermeer Villanueva Wetherby Whitcombe Yarborough Zielinski"
)
GIVEN = _words(
    "Adele Bernard Carla Dmitri Esther Femi Greta Hannes Ines Jasper Keiko Lionel Marta Noor Owen Priya"
)
FANCY = _words(
    "Amber Anchor Birch Blue Bright Copper Corner Crown Eagle Ember Evergreen Fox Garden Golden Granite "
    "Green Harbour Hearth Heron Iron Ivy Juniper Lantern Lark Laurel Lucky Maple Meadow Moon Olive Pine "
    "Poppy Quarry Raven Red River Robin Rose Saffron Sage Silver Spruce Star Stone Summit Sunny Swan "
    "Thistle Tulip Velvet Violet Walnut White Willow"
)
CHAINS = _names(
    "Brixolo, Kanteo, Fressimo, Haul & Home, Quickling, Bankora, Nordvale Bank, Petlandia, Tyrexpert, "
    "Optivue, Fuelmark, Vitapharm, Cremona Coffee, Burgermeister Bob, Stitch & Co, Zapmart, Lodgewell, "
    "Parcelo, Fonehaus, Medicross, Panetteria Lina, Sparfuchs, Le Petit Four, Wok This Way, Gympulse, "
    "Autolux, Cleanwave, Toyopolis"
)
DEPARTMENTS = (
    "Pharmacy",
    "Bakery",
    "Photo Centre",
    "Garden Centre",
    "Tyre Service",
    "ATM",
    "Optical",
    "Click & Collect",
)
TRADES = {
    "restaurant": (
        "Bistro Kitchen Tavern Grill Trattoria Diner",
        ("restaurants", "Restaurant", "eat_and_drink"),
    ),
    "cafe": ("Cafe Coffee Espresso Tearoom", ("coffee", "Coffee shop", "cafe")),
    "hair_salon": ("Hair Salon Barbers Coiffure", ("hair", "Hairdresser", "beauty_salon")),
    "dentist": ("Dental Dentistry Smiles", ("dentists", "Dental clinic", "dentist")),
    "auto_repair": ("Motors Garage Autoworks", ("autorepair", "Auto repair shop", "automotive_repair")),
    "florist": ("Flowers Blooms Florals", ("florists", "Florist", "flower_shop")),
    "attorney": ("Law Legal Solicitors", ("lawyers", "Law firm", "attorney")),
    "hotel": ("Inn Lodge Hotel", ("hotels", "Hotel", "accommodation")),
    "plumber": ("Plumbing Heating", ("plumbing", "Plumber", "contractor")),
    "book_store": ("Books Bookshop", ("bookstores", "Book store", "bookstore")),
}
STREETS = _words(
    "Alder Bishop Canal Chestnut Cloister College Commerce Cooper Dairy Depot Ferry Foundry Gallows "
    "Granary Hatter Hill Juniper Kiln King Lime Linden Market Mercer Mill Minster Monument Orchard Parade "
    "Potter Priory Quay Queen Rope Saddler Scholar Shepherd Station Tanner Temple Toll Union Vicarage "
    "Victory Walnut Weaver Well Windmill"
)
TOWNS = {
    "US": (
        "Calder Falls|East Calder",
        "Port Merrow|Merrow Beach",
        "Quarryville|Stone Hill",
        "Wexley|Wexley Park",
    ),
    "CA": ("Lac Grenier|Grenier Nord", "Halvorsen|Halvorsen South"),
    "GB": ("Thornbeck|Nether Thornbeck", "Aldermere|Aldermere Quay", "Little Hexham|Hexham Green"),
    "DE": ("Lindenau am See|Lindenau", "Kaltenbrunn|Kaltenbrunn Nord"),
    "FR": ("Montclairvaux|Clairvaux", "Saint-Aubrac|Aubrac-le-Haut"),
}
"""Town and the name its people use for a part of it."""

STREET_TYPES = {
    "US": (
        ("Street", "St"),
        ("Avenue", "Ave"),
        ("Road", "Rd"),
        ("Boulevard", "Blvd"),
        ("Lane", "Ln"),
        ("Drive", "Dr"),
    ),
    "CA": (("Street", "St"), ("Avenue", "Ave"), ("Crescent", "Cres"), ("Road", "Rd")),
    "GB": (("Street", "St"), ("Road", "Rd"), ("Lane", "Ln"), ("Close", "Cl"), ("Terrace", "Ter")),
    "DE": (("straße", "str."), ("weg", "weg"), ("allee", "allee"), ("platz", "pl.")),
    "FR": (("Rue", "R."), ("Avenue", "Av."), ("Boulevard", "Bd"), ("Place", "Pl.")),
}
LEGAL = {
    "US": ("LLC", "Inc."),
    "CA": ("Ltd.", "Inc."),
    "GB": ("Ltd", "LLP"),
    "DE": ("GmbH", "e.K."),
    "FR": ("SARL", "SAS"),
}
FREE_NUMBERS = {"US": "+1 844", "CA": "+1 855", "GB": "0800", "DE": "0800", "FR": "0 800"}
