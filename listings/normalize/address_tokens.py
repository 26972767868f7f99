"""The words of a street address, ready to be told apart: numbers, words, commas, "#"."""

import re

from listings.normalize.number_words import NUMBER_WORDS, with_digits
from listings.normalize.text import fold

SEPARATOR = ","

_DOTTED = re.compile(r"\b([a-z])\.(?=[a-z]\b)")
_ITALIAN = {
    "p.zza": "piazza", "p.za": "piazza", "p.tta": "piazzetta", "p.le": "piazzale", "v.le": "viale", "v.lo": "vicolo",
    "c.so": "corso", "c.da": "contrada", "l.go": "largo",
}  # fmt: skip
_ITALIAN_SHORT = re.compile(r"\b(?:" + "|".join(map(re.escape, _ITALIAN)) + r")\b")
_CALLE = re.compile(r"(?:^|(?<=, ))c/ ?")
_WITHOUT_NUMBER = re.compile(r"\bs/n\b|, ?s ?n$|\bs\.?n\.?c\b\.?")
_NUMBER_SIGN = re.compile(r"\bn[°o]\.? ?(?=\d)")
_DASH = re.compile(r"(?<=\s)-(?=\s)")
_RANGE = re.compile(r"\b(\d{1,5}) - (\d{1,5})\b")
_JAPANESE = re.compile(r"丁目|番地?の?|号")
_TOKEN = re.compile(
    r"[#,;()@&|]"
    r"|\d+(?:[-/]\d+){0,3}(?:[-/]?[a-z])?(?!\w)"
    r"|[a-z]-\d+[a-z]?(?!\w)"
    r"|[^\W_]+"
)
_GLUED = re.compile(
    r"(apt|ste|suite|unit|fl|floor|ph|bsmt|rm|bldg|no|hwy|us|sr|cr|fm|i|ih|rte|rt|box|lot|spc|lok|sb|sh|pobox)"
    r"(\d+[a-z]?)"
)
_REPEATED = re.compile(r"(\d+)(b(?=is)|t(?=er)|q(?=uater))\w+")
_SYNONYMS = {";": SEPARATOR, "|": SEPARATOR, "&": "and", "@": "at"}


def address_tokens(street: str) -> list[str]:
    """The tokens of a street, in order, number words as digits, "," between its parts."""
    text = fold(street).replace("'", "")
    if not text.isascii():
        text = _NUMBER_SIGN.sub("no ", _JAPANESE.sub("-", text))
    if "." in text:
        text = _ITALIAN_SHORT.sub(lambda found: _ITALIAN[found[0]], text)
        text = _DOTTED.sub(r"\1", text)
    if "/" in text:
        text = _CALLE.sub("calle ", text)
    if "g/f" in text:
        text = text.replace("g/f", "gf")
    if text.endswith(("n", "c", "c.")) or "s/n" in text:
        text = _WITHOUT_NUMBER.sub("", text)
    if " - " in text:
        text = _RANGE.sub(_join_range, text)
        text = _DASH.sub(SEPARATOR, text)
    tokens = _TOKEN.findall(text)
    if not NUMBER_WORDS.isdisjoint(tokens):
        tokens = with_digits(tokens)
    return _split(tokens)


def _join_range(found: re.Match[str]) -> str:
    """ "12 - 14" as one number; "1500 - 3" are two."""
    first, last = found.groups()
    return f"{first}-{last}" if len(first) == len(last) and first < last else found[0]


def _split(tokens: list[str]) -> list[str]:
    found: list[str] = []
    for token in tokens:
        if token[0].isdigit():
            found.append(_plain_number(token))
        elif token[-1].isdigit() or token[-2:-1].isdigit():
            glued = _GLUED.fullmatch(token.replace("-", ""))
            found.extend(glued.groups() if glued else (token.replace("-", ""),))
        else:
            found.append(_SYNONYMS.get(token, token))
    return found


def _plain_number(token: str) -> str:
    """ "0012" as "12", "5-a" and "5/a" as "5a"; "12-14" and "3/12" stay."""
    if token[-1].isalpha() and len(token) > 2 and token[-2] in "-/":
        token = token[:-2] + token[-1]
    if repeated := _REPEATED.fullmatch(token):
        token = repeated[1] + repeated[2]
    return token.lstrip("0") or "0"
