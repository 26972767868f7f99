"""Attributes of one shop of the invented chain at Google."""

from tests.web.scenes.frame import ago
from web.screens.attributes import AttributeRow, AttributesView
from web.screens.elements import Act, Banner, Field, Option

MENU = "https://tallowcreek.example/menu"


def attributes_view() -> AttributesView:
    flag = Field(
        "value",
        "Has repair service",
        kind="select",
        options=(Option("yes", "Yes", chosen=True), Option("no", "No")),
    )
    links = Field(
        "value",
        "Menu address",
        "https://tallowcreek.example/menu",
        kind="textarea",
        hint="Addresses, one a line",
    )
    return AttributesView(
        title="Attributes at Google",
        fact="003 Winona, 118 Levee Street",
        back="/locations/003",
        read=ago("5 h"),
        rows=(
            AttributeRow("Has repair service", "attributes/has_repair_service", "flag", "Yes", fields=(flag,)),
            AttributeRow("Menu address", "attributes/url_menu", "links", MENU, fields=(links,)),
            AttributeRow(
                "Wi fi", "attributes/wi_fi", "word", "no wi fi", "free wi fi is on its way",
                acts=(Act("Take back", "/take-back", style="text"),),
            ),
            AttributeRow(
                "Has delivery", "attributes/has_delivery", "flag", "No",
                "Yes was not taken. Google answered yes but shows another value", bad=True, fields=(flag,),
            ),
        ),
        save=Act("Save", "/save"),
        new=(
            Field("name", "Name", hint="As Google writes it", required=True),
            Field("kind", "Kind of value", kind="select", options=(Option("flag", "Yes or no"),)),
            Field("value", "Value", kind="textarea"),
        ),
        banner=Banner("warn", "The last answer suddenly showed none; the next one decides.", strong="In doubt."),
    )  # fmt: skip
