"""A listing's attributes at its source: what they are, and a person's wish to change one."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings import attributes, audit
from listings.access import Act as May
from listings.attribute_values import LINKS
from listings.models.attributes import AttributeChange, ChangeState, ListingAttributes
from listings.models.listing import Listing
from listings.models.location import Location
from listings.sources import facts
from web.ages import read_age
from web.frame import say, shell
from web.places import place
from web.refusals import refuse
from web.request import one_or_404
from web.screens.attributes import AttributeRow, AttributesView
from web.screens.elements import SOURCE_MARKS, Act, Banner, Empty, Field, Option

blueprint = Blueprint("attributes", __name__)

FLAG, WORD, ADDRESSES, WORDS = "flag", "word", "links", "words"
KINDS = {
    FLAG: "Yes or no",
    WORD: "One of its own words",
    ADDRESSES: "Addresses, one a line",
    WORDS: "Several words, one a line; a minus before it says no",
}
FLAGS = {"yes": True, "no": False, "": None}
STATES = {
    ChangeState.QUEUED: "{value} is on its way",
    ChangeState.SENT: "{value} was taken; the next read confirms it",
    ChangeState.REFUSED: "{value} was not taken",
    ChangeState.CONFLICT: "{value} was not sent: it had changed at the source",
}
UNREAD = (
    "The attributes haven’t been read yet",
    "They are read about once a day, with the crawl of this source. “Read now” on the location does it at once.",
)


@blueprint.get("/listings/<int:listing_id>/attributes")
def show(listing_id: int) -> ResponseReturnValue:
    """Every attribute that the source shows."""
    return _page(one_or_404(Listing, listing_id))


@blueprint.post("/listings/<int:listing_id>/attributes")
def change(listing_id: int) -> ResponseReturnValue:
    """Have one changed; a worker sends it after a minute."""
    listing = one_or_404(Listing, listing_id)
    name, kind = request.form.get("name", "").strip(), request.form.get("kind", "")
    name = name if name.startswith("attributes/") else f"attributes/{name}"
    try:
        value = parse(kind, request.form.get("value", ""))
        row = attributes.ask_change(g.db, listing, name, value, person_id=g.actor.person_id, now=g.now)
    except attributes.Refused as refusal:
        return refuse(str(refusal), "locations", "Back to the locations")
    audit.record(g.db, g.actor, "attribute.changed", row, g.now, detail={"listing_id": listing.id})
    undo = url_for("attributes.take_back", listing_id=listing.id)
    say(
        f"{label(name)} goes to {SOURCE_MARKS[listing.source][1]} in a minute",
        Act("Undo", undo, style="text", key="u", values=(("name", name),)),
    )
    return _back(listing)


@blueprint.post("/listings/<int:listing_id>/attributes/take-back")
def take_back(listing_id: int) -> ResponseReturnValue:
    """Keep a change from leaving."""
    listing = one_or_404(Listing, listing_id)
    row = attributes.changes_of(g.db, listing).get(request.form.get("name", ""))
    if row is None or not attributes.take_back(g.db, row, g.now):
        return refuse("It has left already, or was taken back.", "locations", "Back to the locations")
    audit.record(g.db, g.actor, "attribute.taken_back", row, g.now, detail={"listing_id": listing.id})
    say(f"{label(row.name)} stays as it is")
    return _back(listing)


def parse(kind: str, text: str) -> Any:
    """The value that a form's text stands for. Raises attributes.Refused where it stands for none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match kind:
        case "flag":
            if text.strip().casefold() not in FLAGS:
                raise attributes.Refused("Say yes or no, or nothing to take it away.")
            return FLAGS[text.strip().casefold()]
        case "word":
            return text.strip() or None
        case "links":
            return lines or None
        case "words":
            no = [line[1:].strip() for line in lines if line.startswith("-")]
            yes = [line for line in lines if not line.startswith("-")]
            return {"set": yes, "unset": no} if lines else None
        case _:
            raise attributes.Refused("Say what kind of value it is.")


def label(name: str) -> str:
    """The attribute's name in words: "Has takeout", "Menu address"."""
    if name.startswith(LINKS):
        return f"{name.removeprefix(LINKS).replace('_', ' ').capitalize()} address"
    return name.removeprefix("attributes/").replace("_", " ").capitalize()


def _page(listing: Listing) -> str:
    location = g.db.get(Location, listing.location_id) if listing.location_id is not None else None
    kept = g.db.get(ListingAttributes, listing.id)
    changes = attributes.changes_of(g.db, listing)
    source = SOURCE_MARKS[listing.source][1]
    may = g.actor.may(May.DECIDE) and kept is not None
    shown = kept.attributes if kept is not None else {}
    names = sorted({*shown, *(name for name, row in changes.items() if row.state in STATES)})
    view = AttributesView(
        title=f"Attributes at {source}",
        fact=f"{location.code} {place(location)}" if location is not None else "",
        back=url_for("locations.one", location_id=location.id)
        if location is not None
        else url_for("locations.index"),
        read=read_age(facts(listing.source), kept.read_at, g.now) if kept is not None else None,
        rows=tuple(_row(listing, name, shown.get(name), changes.get(name), may=may) for name in names),
        save=Act("Save", url_for("attributes.change", listing_id=listing.id)) if may else None,
        new=_new() if may else (),
        banner=Banner(
            "warn", "The last answer suddenly showed none; the next one decides.", strong="In doubt."
        )
        if kept is not None and kept.doubted_at is not None
        else None,
        empty=Empty(*UNREAD) if kept is None else None,
    )
    return render_template("locations/attributes.html", shell=shell("locations"), view=view)


def _row(listing: Listing, name: str, value: Any, row: AttributeChange | None, *, may: bool) -> AttributeRow:
    kind = _kind(name, value if value is not None or row is None else row.value["is"])
    state = ""
    acts: tuple[Act, ...] = ()
    if row is not None and row.state in STATES:
        state = STATES[row.state].format(value=_words(row.value["is"]))
        state += f". {row.detail}" if row.detail else ""
    if may and row is not None and row.state is ChangeState.QUEUED:
        undo = url_for("attributes.take_back", listing_id=listing.id)
        acts = (Act("Take back", undo, style="text", values=(("name", name),)),)
    under_way = row is not None and row.state in attributes.UNDER_WAY
    return AttributeRow(
        label=label(name),
        name=name,
        kind=kind,
        value=_words(value),
        state=state,
        bad=row is not None and row.state in (ChangeState.REFUSED, ChangeState.CONFLICT),
        acts=acts,
        fields=(_field(name, kind, value),) if may and not under_way else (),
    )


def _kind(name: str, value: Any) -> str:
    if name.startswith(LINKS):
        return ADDRESSES
    if isinstance(value, Mapping):
        return WORDS
    return FLAG if isinstance(value, bool) else WORD


def _field(name: str, kind: str, value: Any) -> Field:
    said = label(name)
    if kind == FLAG:
        chosen = {True: "yes", False: "no"}.get(value, "")
        options = tuple(
            Option(key, text, chosen=key == chosen)
            for key, text in (("yes", "Yes"), ("no", "No"), ("", "Not said"))
        )
        return Field("value", said, kind="select", options=options)
    text = value or ""
    if isinstance(value, Mapping):
        text = "\n".join([*value.get("set", ()), *(f"-{word}" for word in value.get("unset", ()))])
    if isinstance(value, list):
        text = "\n".join(value)
    return Field("value", said, str(text), kind="text" if kind == WORD else "textarea", hint=KINDS[kind])


def _new() -> tuple[Field, ...]:
    kinds = tuple(Option(key, text) for key, text in KINDS.items())
    return (
        Field(
            "name",
            "Name",
            hint="As Google writes it, such as has_wheelchair_accessible_entrance",
            required=True,
        ),
        Field("kind", "Kind of value", kind="select", options=kinds),
        Field("value", "Value", kind="textarea", hint="yes or no, words, or addresses; empty takes it away"),
    )


def _words(value: Any) -> str:
    match value:
        case None | []:
            return "Not said"
        case bool():
            return "Yes" if value else "No"
        case list():
            return ", ".join(value)
        case Mapping():
            no = [f"no {word}" for word in value.get("unset", ())]
            return ", ".join([*value.get("set", ()), *no]).replace("_", " ")
        case _:
            return str(value).replace("_", " ")


def _back(listing: Listing) -> ResponseReturnValue:
    return redirect(url_for("attributes.show", listing_id=listing.id), 303)
