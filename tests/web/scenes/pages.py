"""Pages & widgets of the invented chain."""

from web.screens import elements as el
from web.screens import pages
from web.screens.elements import Act, Choice, Link


def _fields() -> tuple[el.Field, ...]:
    return (
        el.Field(
            "location",
            "Locations",
            kind="select",
            options=(
                el.Option("", "All 18"),
                el.Option("003", "003 Mankato, Riverfront", chosen=True),
            ),
        ),
        el.Field(
            "minimum",
            "Lowest stars shown",
            kind="select",
            hint="Anything else prints “selected, 180 of 207 shown” and keeps the true average.",
            options=(el.Option("1", "All stars", chosen=True), el.Option("4", "4 and 5")),
        ),
        el.Field("accent", "Accent colour", "#24563f", hint="8.1 : 1 on white, readable"),
    )


def pages_view() -> pages.PagesView:
    script = """<goodstanding-reviews w="hw7k2">
  <a href="https://reviews.tallowcreek.example/l/mankato">Reviews of Tallow Creek</a>
</goodstanding-reviews>
<script async src="https://reviews.tallowcreek.example/w/hw7k2.js"></script>"""
    return pages.PagesView(
        fact="18 location pages, 1 widget",
        widget=pages.WidgetView(
            name="Riverfront review list",
            fact="Widget",
            public_id="hw7k2",
            script="/w/hw7k2.js",
            fallback=Link("Reviews of Tallow Creek Bikes", "/public"),
            fields=_fields(),
            save=Act("Save", "/pages/hw7k2", style="filled"),
            snippets=(
                pages.Snippet(
                    "Script",
                    script,
                    "Your Content-Security-Policy needs script-src "
                    "https://reviews.tallowcreek.example. Without scripts the link stays.",
                ),
            ),
            left_out=(
                pages.LeftOut("google", "207", "207", "All, with author, date and link. In the average"),
                pages.LeftOut(
                    "google_places", "207", "0", "The same reviews; Google lets none of them be stored"
                ),
            ),
            left_out_sum="207 of 207 known reviews can be shown",
            weight="5.1 KB with data · 1 request · no cookie",
            widths=(Choice("360", "?w=360"), Choice("600", "?w=600", current=True)),
        ),
        pages=(
            pages.PageRow(
                "003",
                "Mankato, Riverfront",
                "/locations/003",
                Link("/l/mankato", "/public"),
                "Public",
                "207 of 207",
            ),
        ),
    )
