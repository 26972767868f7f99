"""What the world sees of the invented chain."""

from web.screens import public
from web.screens.elements import Link

ACCENT = public.Accent("#24563f", "#7cc9a0")


GOOGLE_RATING = public.PublicRating(
    "Google", "4.4", 4.4, Link("207 reviews on Google", "https://maps.example/p")
)


REVIEWS = (
    public.PublicReview(
        "Petra L.",
        1.0,
        "My brakes were promised for Friday and the shop called on Monday.",
        "today",
        "2026-11-23",
        Link("Google", "https://maps.example/1"),
        "google",
        "Petra, I’m sorry. We call before we are late, and here we did not.",
        "Answer of the shop",
    ),
    public.PublicReview(
        "Åsa L.",
        5.0,
        "Dagmar found a cheaper freewheel for me. Thank you! <b>Not bold</b>",
        "yesterday",
        "2026-11-22",
        Link("Google", "https://maps.example/2"),
        "google",
    ),
    public.PublicReview(
        "No Attribution", 5.0, "Must never be shown", "yesterday", "2026-11-22", None, "google"
    ),
)


def public_view() -> public.PublicLocation:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return public.PublicLocation(
        brand="Tallow Creek Bikes",
        title="Bicycle shop in Mankato, Riverfront",
        address=("410 S Front St", "Mankato, MN 56001"),
        json_ld={
            "@context": "https://schema.org",
            "@type": "LocalBusiness",
            "name": "Tallow </script> Bikes",
        },
        canonical="https://tallowcreek.example/l/mankato",
        trail=(Link("All shops", "/l"), Link("Minnesota", "/l/mn")),
        state="open",
        state_text="Open until 6 PM",
        state_note="Closed on Thursday, Thanksgiving",
        phone="(507) 555-0171",
        phone_href="tel:+15075550171",
        directions="https://maps.example/dir",
        links=(Link("Book a repair", "https://tallowcreek.example/repair"),),
        ratings=(GOOGLE_RATING,),
        hours=tuple(
            public.PublicHours(
                day,
                "Closed" if day in {"Thursday", "Sunday"} else "10 AM–6 PM",
                today=day == "Monday",
                special="Thanksgiving" if day == "Thursday" else "",
            )
            for day in days
        ),
        reviews=REVIEWS,
        selection="Newest first, all stars. 207 reviews. No review is left out for its stars.",
        read_all=Link("Read all on Google", "https://maps.example/p"),
        write=(Link("Write on Google", "https://maps.example/write"),),
        services_title="Here you can",
        services=("Have brakes and gears mended the same day", "Rent a cargo bike", "Leave your old bike"),
        report=Link("Something wrong on this page?", "/report"),
        owner="Tallow Creek Bikes, LLC",
        accent=ACCENT,
    )


def widget_data() -> public.WidgetData:
    return public.WidgetData(
        "hw7k2",
        "Reviews of Tallow Creek Bikes",
        "list",
        GOOGLE_RATING,
        (
            public.PublicRating(
                "Own survey", "4.6", 4.6, Link("212 answers", "https://tallowcreek.example/s")
            ),
        ),
        REVIEWS,
        "Newest first, all stars. 207 reviews.",
        Link("Read all", "https://maps.example/p"),
        ACCENT,
    )


def badge_data() -> public.WidgetData:
    return public.WidgetData("bd1", "Rating of Tallow Creek Bikes", "badge", GOOGLE_RATING)
