"""Translations: `python -m scripts.messages collect [other.po …]|check|compile`.

Texts are English in the source and complete in Chinese in the file of each room: <room>/locale/zh_Hans/LC_MESSAGES/
django.po has what the room's code and its folder of templates say. A payment channel is one folder and keeps its words
there. Everything is done with Babel and Django's own
template reader, without GNU gettext. `collect` adds new texts and drops those no longer used. A new text is never
guessed: it is empty, unless another room (code moved) or a file named on the command line has its translation.
"""

import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages import checkers
from babel.messages.catalog import Catalog, Message, TranslationError
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from launch.places import CHECKOUT
from launch.translations import catalogues, compile_catalogues
from scripts.rooms import rooms

LOCALE = "zh_Hans"
# The room of what all pages share: base, components, error pages.
SHARED = "look"
DJANGO = Path(django.__file__).parent
# Sample pages of the look, in the reader's language on purpose.
NOT_TRANSLATED = ("templates/styleguide/",)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
NAMED_FIELD = re.compile(r"\{[a-z_]*\}")

Key = tuple[str | None, object]


def homes() -> tuple[str, ...]:
    """The folders that keep words: the rooms, and inside payments the folder of each channel."""
    channels = sorted((CHECKOUT / "payments" / "channels").glob("*/__init__.py"))
    return (*rooms(), *(str(path.parent.relative_to(CHECKOUT)) for path in channels))


def source_files() -> Iterator[tuple[str, Path]]:
    """(home, file): Python files of the rooms and all templates, in a stable order."""
    known = homes()
    for room in rooms():
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            folder = f"{path.parent.relative_to(CHECKOUT)}/"
            yield max((home for home in known if folder.startswith(f"{home}/")), key=len), path
    templates = CHECKOUT / "templates"
    for path in sorted(templates.rglob("*.*")):
        folder = path.relative_to(templates).parts[0]
        if not str(path.relative_to(CHECKOUT)).startswith(NOT_TRANSLATED):
            yield (folder if folder in rooms() else SHARED), path


def python_of(path: Path) -> bytes:
    """The file as Python source: a template becomes the gettext calls in it."""
    text = path.read_text()
    if path.suffix == ".py":
        return text.encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # translators' comments at odd places: not used here
        calls = templatize(text)
    # What remains of the markup would not be indented as Python wants it.
    return "\n".join(line.lstrip() for line in calls.splitlines()).encode()


def collected() -> dict[str, Catalog]:
    """All texts of the source as it is now, by home."""
    found = {home: Catalog(locale=LOCALE, charset="utf-8") for home in homes()}
    for room, path in source_files():
        texts = extract("python", BytesIO(python_of(path)), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for _line, text, comments, context in texts:
            # Line numbers would change the file with every edit of the source; they are not written.
            where = [(str(path.relative_to(CHECKOUT)), 0)]
            found[room].add(text, locations=where, auto_comments=comments, context=context)
    return found


def po(room: str) -> Path:
    return CHECKOUT / room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def stored(room: str) -> Catalog:
    if po(room).exists():
        return read(po(room))
    header = f"# {room} in Simplified Chinese."
    return Catalog(LOCALE, header_comment=header, project="huiminbao-portal", version="1", fuzzy=False)


def read(path: Path) -> Catalog:
    with path.open("rb") as text:
        return read_po(text, locale=LOCALE)


def texts_of(catalogue: Iterable[Message]) -> dict[Key, Message]:
    return {(message.context, _key(message)): message for message in catalogue if message.id}


def _key(message: Message) -> object:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def collect(*others: str) -> int:
    known = list(translations(map(Path, others)))
    for room, fresh in collected().items():
        catalogue = stored(room)
        catalogue.update(fresh, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
        catalogue.obsolete.clear()
        carry(known, catalogue)
        write(catalogue, po(room))
    return 0


def translations(others: Iterable[Path] = ()) -> Iterator[tuple[Key, Message]]:
    """What is translated anywhere; read before the files are written, so that moved code finds its words."""
    for path in [*catalogues(CHECKOUT), *others]:
        yield from ((key, message) for key, message in texts_of(read(path)).items() if is_translated(message))


def carry(known: Iterable[tuple[Key, Message]], catalogue: Catalog) -> None:
    waiting = {key: text for key, text in texts_of(catalogue).items() if not is_translated(text)}
    for key, message in known:
        if key in waiting and type(waiting[key].id) is type(message.id):
            waiting[key].string = message.string
            waiting[key].flags |= message.flags


def write(catalogue: Catalog, path: Path) -> None:
    if not len(catalogue):
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(out, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    waiting = sum(1 for message in texts_of(catalogue).values() if not is_translated(message))
    print(f"{path.relative_to(CHECKOUT)}: {len(catalogue)} texts, {waiting} to translate")


def is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(texts) and not message.fuzzy


def faults() -> Iterator[str]:
    """What is wrong with the translations, one sentence each."""
    translated = {home: texts_of(stored(home)) for home in homes()}
    for room, fresh in collected().items():
        yield from faults_of_room(texts_of(fresh), translated[room])
    yield from two_translations(translated)
    yield from otherwise_in_django(translated)
    yield from chinese_in_templates()


def faults_of_room(in_source: dict[Key, Message], translated: dict[Key, Message]) -> Iterator[str]:
    for key, message in in_source.items():
        where = message.locations[0][0] if message.locations else "?"
        if CHINESE.search(str(key[1])):
            yield f"{where}: source texts are English: {key[1]!r}"
        if key not in translated:
            yield f"{where}: not collected (run `make messages`): {key[1]!r}"
        elif translated[key].fuzzy:
            yield f"{where}: fuzzy: {key[1]!r}"
        elif not is_translated(translated[key]):
            yield f"{where}: not translated: {key[1]!r}"
        else:
            yield from (f"{where}: {fault}" for fault in placeholder_faults(translated[key]))
    for key in translated.keys() - in_source.keys():
        yield f"no longer in the source (run `make messages`): {key[1]!r}"


def two_translations(translated: dict[str, dict[Key, Message]]) -> Iterator[str]:
    """One text with two translations: at run time all rooms are one catalogue, and the last one read would win."""
    by_text: dict[Key, dict[object, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room, texts in translated.items():
        for key, message in texts.items():
            if is_translated(message):
                by_text[key][message.string].append(room)
    for (_context, text), strings in by_text.items():
        if len(strings) > 1:
            said = "; ".join(f"{string} in {', '.join(where)}" for string, where in strings.items())
            yield f"translated in two ways, give one a context (pgettext): {text!r}: {said}"


def otherwise_in_django(translated: dict[str, dict[Key, Message]]) -> Iterator[str]:
    """A word of ours wins over Django's own on Django's pages, too, where it may mean something else."""
    library: dict[Key, object] = {}
    for path in sorted(DJANGO.glob(f"**/locale/{LOCALE}/LC_MESSAGES/django.po")):
        library |= {key: message.string for key, message in texts_of(read(path)).items() if is_translated(message)}
    for room, texts in translated.items():
        for key, message in texts.items():
            if str(key[1]).strip(" ,") and library.get(key, message.string) != message.string:
                yield f"{room}: Django says {library[key]} for {key[1]!r}, give yours a context (pgettext)"


def placeholder_faults(message: Message) -> Iterator[str]:
    for check in checkers.checkers:
        try:
            check(None, message)
        except TranslationError as fault:
            yield f"{fault}: {_key(message)!r}"
    ids, strings = ([text] if isinstance(text, str) else list(text or ()) for text in (message.id, message.string))
    fields = {name for text in ids for name in NAMED_FIELD.findall(text)}
    if any(set(NAMED_FIELD.findall(text)) != fields for text in strings):
        yield f"other {{fields}} in the translation: {_key(message)!r}"


def chinese_in_templates() -> Iterator[str]:
    """Chinese outside a translation, except what says that it is (lang="zh…": the language switch)."""
    for _room, path in source_files():
        if path.suffix == ".py":
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if CHINESE.search(line) and 'lang="zh' not in line:
                yield f"{path.relative_to(CHECKOUT)}:{number}: Chinese in the template; write English and translate it"


def check() -> int:
    found = list(faults())
    for fault in found:
        print(fault)
    print(f"translations: {len(found)} faults" if found else "translations: complete")
    return 1 if found else 0


def compile_all() -> int:
    compile_catalogues()
    return 0


if __name__ == "__main__":
    settings.configure(USE_I18N=True)  # templatize() asks; the product's settings are not needed
    sys.exit({"collect": collect, "check": check, "compile": compile_all}[sys.argv[1]](*sys.argv[2:]))
