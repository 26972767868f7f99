"""Which nodes of a page are the businesses it is about. Types: https://schema.org/LocalBusiness."""

from collections.abc import Iterator
from typing import Any

from crawlers.formats.links import page_key
from crawlers.jsonld import Node, as_list

LOCAL = frozenset(
    """
    LocalBusiness AnimalShelter ArchiveOrganization AutomotiveBusiness AutoBodyShop AutoDealer AutoPartsStore
    AutoRental AutoRepair AutoWash GasStation MotorcycleDealer MotorcycleRepair ChildCare Dentist
    DryCleaningOrLaundry EmergencyService FireStation Hospital PoliceStation EmploymentAgency
    EntertainmentBusiness AdultEntertainment AmusementPark ArtGallery Casino ComedyClub MovieTheater NightClub
    FinancialService AccountingService AutomatedTeller BankOrCreditUnion InsuranceAgency FoodEstablishment
    Bakery BarOrPub Brewery CafeOrCoffeeShop Distillery FastFoodRestaurant IceCreamShop Restaurant Winery
    GovernmentOffice PostOffice HealthAndBeautyBusiness BeautySalon DaySpa HairSalon HealthClub NailSalon
    TattooParlor HomeAndConstructionBusiness Electrician GeneralContractor HVACBusiness HousePainter Locksmith
    MovingCompany Plumber RoofingContractor InternetCafe LegalService Attorney Notary Library LodgingBusiness
    BedAndBreakfast Campground Hostel Hotel Motel Resort SkiResort VacationRental MedicalBusiness
    CommunityHealth Dermatology DietNutrition Emergency Geriatric Gynecologic MedicalClinic Midwifery Nursing
    Obstetric Oncologic Optician Optometric Otolaryngologic Pediatric Pharmacy Physician Physiotherapy
    PlasticSurgery Podiatric PrimaryCare Psychiatric PublicHealth CovidTestingFacility IndividualPhysician
    PhysiciansOffice ProfessionalService RadioStation RealEstateAgent RecyclingCenter SelfStorage ShoppingCenter
    SportsActivityLocation BowlingAlley ExerciseGym GolfCourse PublicSwimmingPool SportsClub StadiumOrArena
    TennisComplex Store BikeStore BookStore ClothingStore ComputerStore ConvenienceStore DepartmentStore
    ElectronicsStore Florist FurnitureStore GardenStore GroceryStore HardwareStore HobbyShop HomeGoodsStore
    JewelryStore LiquorStore MensClothingStore MobilePhoneStore MovieRentalStore MusicStore OfficeEquipmentStore
    OutletStore PawnShop PetStore ShoeStore SportingGoodsStore TireShop ToyStore WholesaleStore TelevisionStation
    TouristInformationCenter TravelAgency VeterinaryCare DiagnosticLab
    """.split()  # noqa: SIM905 - a word list reads best as one
)
_PLACES = frozenset(
    """
    Place CivicStructure Airport Aquarium Beach BusStation BusStop Cemetery Crematorium EventVenue Museum
    MusicVenue Park ParkingFacility PerformingArtsTheater PlaceOfWorship BuddhistTemple Church Mosque Synagogue
    HinduTemple CatholicChurch Playground RVPark SubwayStation TaxiStand TrainStation Zoo TouristAttraction
    LandmarksOrHistoricalBuildings School CollegeOrUniversity ElementarySchool HighSchool MiddleSchool Preschool
    PublicToilet
    """.split()  # noqa: SIM905
)
_ORGANIZATIONS = frozenset(
    """
    Organization Corporation Airline Consortium EducationalOrganization GovernmentOrganization
    MedicalOrganization NewsMediaOrganization NGO OnlineBusiness OnlineStore PerformingGroup Brand
    SportsOrganization Cooperative
    """.split()  # noqa: SIM905
)
_NEVER = frozenset(
    """
    Thing Person Patient PostalAddress ContactPoint GeoCoordinates GeoCircle GeoShape OpeningHoursSpecification
    AggregateRating Rating Review Offer AggregateOffer OfferCatalog Product ProductGroup Service Invoice Order
    WebSite ImageObject VideoObject MediaObject CreativeWork Article NewsArticle BlogPosting Blog Recipe Book
    Question Answer BreadcrumbList ItemList ListItem SearchAction ReserveAction OrderAction EntryPoint JobPosting
    City State Country AdministrativeArea Continent Residence House Apartment ApartmentComplex
    SingleFamilyResidence Accommodation HotelRoom Room Suite RealEstateListing ParcelDelivery Reservation
    PropertyValue QuantitativeValue MonetaryAmount Menu MenuSection MenuItem Course ServiceChannel VirtualLocation
    SiteNavigationElement WPHeader WPFooter WPSideBar DefinedTerm Comment HowTo SpeakableSpecification Vehicle Car
    """.split()  # noqa: SIM905
)
_MOST = 2000
"""Businesses of one page that are looked at; a page with more is no page of theirs."""
_THROUGH = (
    "mainentity", "mainentityofpage", "about", "itemlistelement", "item", "provider", "offeredby", "seller",
    "broker", "serviceprovider", "itemreviewed", "publisher", "ispartof", "itemoffered", "creator", "copyrightholder",
)  # fmt: skip
"""Properties that lead from a node about something else to the business behind it.

department, parentOrganization, subOrganization and branchOf lead to other businesses than the one
the page is about, so they are not followed.
"""


def businesses(nodes: list[Node], page_url: str) -> list[Node]:
    """The nodes of the places a page is about, in order; none when it is about no place.

    Places of business come before organizations (the site-wide head office), a page's own nodes before
    those that a product or article mentions. Where some say by `url` or "@id" that they are this page,
    nodes that say they are other pages (the neighbours) are left out.
    """
    own = [node for node in nodes if _is_place_of_business(node)]
    own = own or [node for node in _mentioned(nodes) if LOCAL.intersection(_types(node))]
    own = own or [node for node in nodes if _ORGANIZATIONS.intersection(_types(node)) and _reachable(node)]
    own = own or [node for node in _mentioned(nodes) if _is_organization(node) and _reachable(node)]
    return _of_this_page(_once(own), page_url)


def _is_organization(node: Node) -> bool:
    return bool(_ORGANIZATIONS.intersection(_types(node)))


def _is_place_of_business(node: Node) -> bool:
    types = _types(node)
    if LOCAL.intersection(types):
        return _says_something(node)
    if _PLACES.intersection(types):
        return bool(node.get("name")) or _reachable(node)
    unknown = types - _NEVER - _ORGANIZATIONS
    other = any(
        name.endswith(("Page", "Action", "Event", "Posting", "Article", "Specification")) for name in unknown
    )
    return bool(unknown) and not other and _reachable(node)


def _types(node: Node) -> set[str]:
    types = node.get("@type", ())
    return set(types) if isinstance(types, tuple) else set()


def _reachable(node: Node) -> bool:
    return any(node.get(key) for key in ("address", "telephone", "contactpoint"))


def _says_something(node: Node) -> bool:
    return any(
        node.get(key)
        for key in (
            "name",
            "legalname",
            "address",
            "telephone",
            "geo",
            "openinghours",
            "openinghoursspecification",
        )
    )


def _mentioned(nodes: list[Node], depth: int = 4) -> Iterator[Node]:
    for node in nodes:
        below = [
            child
            for key in _THROUGH
            for child in as_list(node.get(key))
            if isinstance(child, dict) and len(child) > 1
        ]
        yield from below
        if depth:
            yield from _mentioned(below, depth - 1)


def _once(nodes: list[Node]) -> list[Node]:
    """Each business once: sites repeat a block, or say half of it here and half there."""
    kept: list[Node] = []
    by_name: dict[Any, list[int]] = {}
    for node in nodes[:_MOST]:
        places = by_name.setdefault(_plain(node.get("name")), [])
        for place in places:
            if _same_business(node, kept[place]):
                kept[place] = {**node, **{key: value for key, value in kept[place].items() if value}}
                break
        else:
            places.append(len(kept))
            kept.append(node)
    return kept


def _same_business(one: Node, other: Node) -> bool:
    """Whether nothing tells two nodes of one name apart; nameless ones have to be equal."""
    if one is other:
        return True
    if not one.get("name"):
        return bool(_plain(one) == _plain(other))
    return all(
        not one.get(key) or not other.get(key) or _plain(one[key]) == _plain(other[key])
        for key in ("@id", "address", "telephone", "geo", "url", "branchcode")
    )


def _plain(value: Any, depth: int = 4) -> Any:
    """A value to compare by: nodes may refer to each other in circles, so it ends at a depth."""
    if isinstance(value, dict):
        items = value.items() if depth else ()
        return tuple(sorted((key, repr(_plain(inner, depth - 1))) for key, inner in items))
    if isinstance(value, list):
        return tuple(_plain(inner, depth - 1) for inner in value) if depth else ()
    return value


def _of_this_page(nodes: list[Node], page_url: str) -> list[Node]:
    if len(nodes) < 2 or not page_url:
        return nodes
    here = page_key(page_url)
    pages = [_pages(node) for node in nodes]
    if not any(here in keys for keys in pages):
        return nodes
    return [node for node, keys in zip(nodes, pages, strict=True) if here in keys or not keys]


def _pages(node: Node) -> set[str]:
    said = [value for key in ("url", "@id") for value in as_list(node.get(key)) if isinstance(value, str)]
    return {page_key(value) for value in said if "//" in value}
