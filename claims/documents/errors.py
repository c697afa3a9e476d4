"""Refused files: a code for machines, and what the person can do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from claims.documents import limits
from core.errors import Busy, DomainError


def too_large() -> DomainError:
    return DomainError(
        "file_too_large",
        _("This file is larger than %(megabytes)s MB. Please take the photo anew or choose a smaller one."),
        status=413,
        field="files",
        megabytes=limits.MAX_FILE_BYTES // (1024 * 1024),
    )


def too_much_at_once() -> DomainError:
    return DomainError(
        "files_too_large_together",
        _("These files together are larger than %(megabytes)s MB. Please upload fewer of them at a time."),
        status=413,
        field="files",
        megabytes=limits.MAX_REQUEST_BYTES // (1024 * 1024) - 1,
    )


def too_many() -> DomainError:
    return DomainError(
        "too_many_files",
        _("A claim holds at most %(count)s files. Please remove one you do not need."),
        field="files",
        count=limits.MAX_FILES_PER_CLAIM,
    )


def empty() -> DomainError:
    return DomainError("file_empty", _("This file is empty. Please choose it again."), field="files")


def none_chosen() -> DomainError:
    return DomainError("file_missing", _("Please choose a photo or a PDF first."), field="files")


def kind_not_taken() -> DomainError:
    return DomainError(
        "file_type",
        _("This is neither a photo (JPEG, PNG, WebP) nor a PDF. Please take a photo of the paper instead."),
        status=415,
        field="files",
    )


def not_what_its_name_says() -> DomainError:
    return DomainError(
        "file_not_what_its_name_says",
        _("The name of this file says one thing and its content another. Please take a photo of the paper instead."),
        status=415,
        field="files",
    )


def too_many_pixels() -> DomainError:
    return DomainError(
        "picture_too_large",
        _("This picture has too many pixels. Please take it with the ordinary camera setting."),
        field="files",
    )


def pdf_too_big_inside() -> DomainError:
    return DomainError(
        "pdf_too_large",
        _("This PDF has more than %(pages)s pages or unpacks to too much. Please hand in only the pages that matter."),
        field="files",
        pages=limits.MAX_PDF_PAGES,
    )


def pdf_locked() -> DomainError:
    return DomainError(
        "pdf_locked",
        _("This PDF is locked with a password. Please save it without one, or take a photo of the paper."),
        field="files",
    )


def unreadable() -> DomainError:
    return DomainError(
        "file_unreadable",
        _("We could not open this file; it may be damaged. Please take the photo again."),
        field="files",
    )


def infected() -> DomainError:
    return DomainError(
        "file_infected",
        _("The virus scanner stopped this file. Please take a photo of the paper instead."),
        field="files",
    )


def scanner_silent() -> DomainError:
    return Busy("scanner_silent", _("The file could not be checked just now. Nothing was lost; please try again."))


def too_costly() -> DomainError:
    return DomainError(
        "file_too_costly",
        _("This file takes too much to open; it may be damaged. Please take a photo of the paper instead."),
        field="files",
    )


def lost() -> DomainError:
    return DomainError("file_lost", _("This file did not arrive whole. Please upload it again."), field="files")


# What a worker may find out only after the page was answered: the row keeps the code, the page says the sentence.
LATER = (too_many_pixels, pdf_too_big_inside, pdf_locked, unreadable, infected, too_costly, lost)


def sentence(code: str) -> str:
    """The sentence of a refusal that was recorded by its code."""
    found = {error.code: error for error in (make() for make in LATER)}
    return str(found.get(code) or unreadable())
