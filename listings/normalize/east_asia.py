"""Addresses of Japan, China and Korea: without the towns in front, blocks and numbers joined by hyphens."""

import re
import unicodedata

_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HEAD = re.compile(
    r"(?:住所|〒)?\s{0,3}(?:〒?\s?\d{3}-?\d{4}\s)?\s{0,3}(?:日本|中国)?\s{0,3}"
    r"(?:(?:東京都|北海道|(?:京都|大阪)府|[^\s\d]{2,3}[県省])\s?)?"
    r"(?:[^\s\d]{1,5}?郡\s?)?(?:[^\s\d]{1,6}?市(?!市)\s?)?(?:[^\s\d]{1,4}?区\s?)?"
)
"""Postal code, prefecture or province, county, city and ward, each where it is written."""

_KOREAN_TOWN = re.compile(r"[\uac00-\ud7af]{1,8}(?:특별시|광역시|특별자치시|특별자치도|시|도|군|구)")
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_KANJI_NUMBER = re.compile(r"[一二三四五六七八九](?=(?:丁目|番|号))")
_JOINT = re.compile(r"(?<=\d)\s?(?:丁目|番地?の?|号|の|ノ|[-‐‑–—−ー])\s?(?=\d)")
_MARK = re.compile(r"(?<=\d)(?:丁目|番地?|号)(?!\d)")
_NUMBER = re.compile(r"(?<=[^\s\d-])(?=\d[\d-]{0,20}(?:\s|$))")


def east_asian_line(street: str) -> str:
    """The street line in a form that Western rules can read; any other line as it is.

    "愛知県名古屋市中村区名駅１丁目１−１" and "中村区名駅1-1-1" both become "名駅 1-1-1". A line that is
    nothing but towns stays.
    """
    if not _LETTERS.search(street):
        return street
    line = " ".join(unicodedata.normalize("NFKC", street).split())
    line = _HEAD.sub("", line, count=1) or line
    line = _KANJI_NUMBER.sub(lambda found: found[0].translate(_NUMERALS), line)
    line = _MARK.sub(" ", _JOINT.sub("-", line))
    return _without_korean_towns(_NUMBER.sub(" ", line)).strip()


def _without_korean_towns(line: str) -> str:
    words = line.split()
    start = 0
    while start < len(words) - 1 and _KOREAN_TOWN.fullmatch(words[start]):
        start += 1
    return " ".join(words[start:])
