"""An S3-compatible store for sealed files: FILES_BACKEND=privacy.s3.Bucket (requirements-s3.txt, docs/operating.md)."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 20, 2


class Bucket(S3Storage):  # type: ignore[misc]  # its package carries no types
    """django-storages' S3 with what sealed files ask of any store, so that FILES_OPTIONS only says where.

    bucket_name, endpoint_url, access_key, secret_key and, where the store wants it, region_name and addressing_style
    ("virtual"; "path" is what every store but a few clouds understands).
    """

    def __init__(self, *, addressing_style: str = "path", **options: Any) -> None:
        network = Config(
            s3={"addressing_style": addressing_style},
            signature_version="s3v4",
            # botocore's own would hold a request for a minute, five times, when the store does not answer.
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            # Its trailing checksums are refused by many S3-compatible stores; what is sealed proves itself.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # An object is named by its row: another name would be another object. Papers of 20 MB stay out of memory.
        super().__init__(client_config=network, file_overwrite=True, max_memory_size=512 * 1024, **options)

    def _open(self, name: str, mode: str = "rb") -> Any:
        try:
            return super()._open(name, mode)
        except FileNotFoundError:
            # A bucket that is not there answers like a lost object, and would have every paper declared lost.
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
            raise
