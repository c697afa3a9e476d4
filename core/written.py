"""How names and numbers are read, however they were typed, pasted or sent. One function for each; no Django.

Faults of others that these answer: cheminfo/mrz#7 (blanks in Latin names), any-rule#294 (dots), verbb/hyper#86
(marks of direction from address books), woocommerce#58000 (variation selectors), notifications-utils#1222 (dashes).
"""

from __future__ import annotations

import re
import unicodedata

# Beside the dashes of Unicode (category Pd): minus, the modifier, the bullet and the lines of boxes that look like one,
# the long-vowel mark that Japanese keyboards give for one.
_MORE_DASHES = "\u2212\u02d7\u2043\u2500\u2501\u23af\u30fc"
# Nothing is to be seen of these, though Unicode calls them letters, marks or symbols: fillers, joiners, empty braille.
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# What people write for the last character of an identity number: the sign for times, the letters of Cyrillic and Greek.
_LIKE_X = str.maketrans(dict.fromkeys("\u00d7\u2715\u2716\u2a2f\u0425\u0445\u03a7\u03c7", "X"))
# In a Latin name: apostrophes, as keyboards and word processors write them.
_APOSTROPHES = str.maketrans(dict.fromkeys("`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc", "'"))
# Spreadsheets mark text with an apostrophe; mail and word processors put quotes around what is copied.
_QUOTES = "'\"`\u2018\u2019\u201b\u201c\u201d\u2032\u02b9\u02bc"

# After folding: every dot that stands for U+00B7 between the parts of a name.
_DOTS = re.compile(
    "[.\u00b7\u16eb\u1427\u2022\u2027\u2218\u2219\u22c5\u25aa\u25cb\u25cf\u25e6\u26ab\u2b1d\u2b29\u2e30\u2e31\u2e33"
    "\u3002\u30fb\ua78f\ufe45\U00010101\U0001f784]+"
)
_CJK = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Radicals that look like the character they come from and that compatibility folding leaves alone.
# Source: Unicode, EquivalentUnifiedIdeograph.txt; those that stand in names.
_RADICALS = str.maketrans(
    "⺆⺌⺠⺩⺫⺮⺼⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻪⻬⻮⻯⻰",
    "冂小民王目竹肉虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟麦黄黾齐齿竜龙",
)
# Kangxi's radicals whose compatibility form is a character that no register of today writes: 靑 and 戶.
_OF_TODAY = str.maketrans("\u2fad\u2f3e", "青户")


def name_as_written(text: str) -> str:
    """A person's name as the national platform writes it.

    Invisible characters and variation selectors go; width, compatibility forms and radicals (Kangxi's too) are folded.
    In a name with Chinese characters blanks go and every kind of dot is the one of the register, U+00B7, between parts
    of the name only. In a Latin name blanks stay, one between two words, apostrophes and hyphens are ASCII's, letters
    are capitals.
    """
    # The accent that looks like a dot would become a blank with a mark.
    seen = "".join(c for c in text if not _is_invisible(c)).replace("\u02d9", "·").translate(_OF_TODAY)
    folded = unicodedata.normalize("NFKC", seen).translate(_RADICALS)
    if not _CJK.search(folded):
        plain = "".join("-" if _is_dash(c) else c for c in folded.translate(_APOSTROPHES))
        return re.sub(" ?- ?", "-", " ".join(plain.split())).upper()
    return _DOTS.sub("·", "".join(folded.split())).strip("·").upper()


def number_as_written(text: str) -> str:
    """The number of a document, a card, a telephone or a code: capital letters and digits, nothing between them.

    Blanks, everything invisible, marks on characters, every kind of dash, and quotes around the number go; full-width
    digits are folded. What is left may still be wrong, and no digit of another script passes a check for [0-9].
    """
    folded = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in folded if not _is_between(c))
    return kept.strip(_QUOTES).translate(_LIKE_X).upper()


def row_number(text: str) -> int:
    """The number of a row in an address or a form; 0, which no row has, for what is none. Python's own reading takes
    every script's digits, and fails where there are thousands of them."""
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


def _is_between(char: str) -> bool:
    """Cf, Cc: invisible; Zs, Zl, Zp: blanks; Mn, Me: variation selectors, key caps; and dashes."""
    return (
        unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Mn", "Me") or _is_dash(char) or char in _FILLERS
    )


def _is_dash(char: str) -> bool:
    return unicodedata.category(char) == "Pd" or char in _MORE_DASHES


def _is_invisible(char: str) -> bool:
    """Of a name, in which blanks and the marks on letters count."""
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or char in _FILLERS:
        return True
    return unicodedata.category(char) in ("Cf", "Cc") and not char.isspace()
