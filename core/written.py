"""How names and numbers are read, however they were typed, pasted or sent. One function for each; no Django.

Faults of others that these answer: cheminfo/mrz#7 (blanks in Latin names), any-rule#294 (dots), verbb/hyper#86
(marks of direction from address books), woocommerce#58000 (variation selectors), notifications-utils#1222 (dashes).
"""

from __future__ import annotations

import re
import unicodedata

# Beside the dashes of Unicode (category Pd): minus, and the long-vowel mark that Japanese keyboards give for one.
_MORE_DASHES = "\u2212\u30fc"
# Spreadsheets mark text with an apostrophe; mail and word processors put quotes around what is copied.
_QUOTES = "'\"`\u2018\u2019\u201b\u201c\u201d\u2032\u02b9\u02bc"

# After folding: every dot that stands for U+00B7 between the parts of a name.
_DOTS = re.compile("[.\u00b7\u16eb\u1427\u2022\u2027\u2219\u22c5\u25cf\u2e31\u2e33\u3002\u30fb\ua78f\U00010101]+")
_CJK = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Radicals that look like the character they come from and that compatibility folding leaves alone.
# Source: Unicode, EquivalentUnifiedIdeograph.txt; those that stand in names.
_RADICALS = str.maketrans(
    "⺆⺌⺠⺩⺫⺮⺼⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻪⻬⻮⻯⻰",
    "冂小民王目竹肉虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟麦黄黾齐齿竜龙",
)


def name_as_written(text: str) -> str:
    """A person's name as the national platform writes it.

    Invisible characters and variation selectors go; width, compatibility forms and radicals (Kangxi's too) are folded.
    In a name with Chinese characters blanks go and every kind of dot is the one of the register, U+00B7; in a Latin
    name blanks stay, one between two words, and letters are capitals.
    """
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf" and not _is_variation_selector(c))
    folded = unicodedata.normalize("NFKC", seen).translate(_RADICALS)
    if not _CJK.search(folded):
        return " ".join(folded.split()).upper()
    return _DOTS.sub("·", "".join(folded.split())).upper()


def number_as_written(text: str) -> str:
    """The number of a document, a card, a telephone or a code: capital letters and digits, nothing between them.

    Blanks, everything invisible, marks on characters, every kind of dash, and quotes around the number go; full-width
    digits are folded. What is left may still be wrong, and no digit of another script passes a check for [0-9].
    """
    folded = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in folded if not _is_between(c))
    return kept.strip(_QUOTES).upper()


def _is_between(char: str) -> bool:
    """Cf, Cc: invisible; Zs, Zl, Zp: blanks; Mn, Me: variation selectors, key caps; Pd: dashes."""
    return unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Mn", "Me", "Pd") or char in _MORE_DASHES


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
