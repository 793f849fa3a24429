"""One file as ``multipart/form-data``, read piece by piece: a large file never lies in memory whole."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 64 * 1024
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.\"-]+)*", re.ASCII)
_QUOTED = {'"': "%22", "\r": "%0D", "\n": "%0A"}  # as browsers do (HTML standard, multipart/form-data)


class Multipart(io.RawIOBase):
    """A body with a length, which can be read again from its start.

    :param size: bytes that ``content`` has from where it stands.
    """

    def __init__(self, field: str, name: str, content_type: str, content: BinaryIO, size: int) -> None:
        boundary = secrets.token_hex(16)
        shown = "".join(_QUOTED.get(c, c) for c in name)
        kind = content_type if _MEDIA_TYPE.fullmatch(content_type) else "application/octet-stream"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{shown}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._content, self._start = content, content.tell()
        self._head, self._tail = head.encode(), f"\r\n--{boundary}--\r\n".encode()
        self._size, self._at = size, 0

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self)}[whence] + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Up to ``size`` bytes; fewer only at the end."""
        want = len(self) - self._at if size is None or size < 0 else size
        out = bytearray()
        while len(out) < want and (piece := self._piece(want - len(out))):
            out += piece
            self._at += len(piece)
        return bytes(out)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(_CHUNK):
            yield piece

    def _piece(self, size: int) -> bytes:
        at = self._at
        if at < len(self._head):
            return self._head[at : at + size]
        at -= len(self._head)
        if at < self._size:
            self._content.seek(self._start + at)
            return self._content.read(min(size, self._size - at))
        return self._tail[at - self._size :][:size]
