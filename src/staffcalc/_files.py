"""Files are written whole or not at all: to a temporary file beside the target, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from staffcalc._words import Sentence
from staffcalc.errors import InputError

REASONS = {
    errno.ENOENT: "os_missing",
    errno.EACCES: "os_denied",
    errno.EPERM: "os_denied",
    errno.EISDIR: "os_folder",
    errno.ENOTDIR: "os_not_a_folder",
    errno.ENOSPC: "os_full",
    errno.EROFS: "os_read_only",
}
"""Words for what an operating system says of a file; it speaks one language, a reader perhaps another."""


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """
    Yield a temporary path that replaces ``path`` when the block ends well, and vanishes when it does not.

    Raises
    ------
    InputError
        If the folder of ``path`` does not exist, or the file cannot be replaced.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise InputError("folder_missing", path=str(target), folder=str(target.parent))
    if target.is_dir():
        raise InputError("path_is_folder", path=str(target))
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix)
    except OSError as problem:
        raise InputError("cannot_write", path=str(target), reason=reason_of(problem)) from problem
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        try:
            temporary.replace(target)
        except OSError as problem:
            raise InputError("cannot_write", path=str(target), reason=reason_of(problem)) from problem
    finally:
        temporary.unlink(missing_ok=True)


def reason_of(problem: OSError) -> Sentence | str:
    """
    Return why a file could not be read or written, in words.

    Examples
    --------
    >>> reason_of(FileNotFoundError(errno.ENOENT, "No such file or directory")).say("tr")
    'böyle bir dosya ya da klasör yok'
    """
    key = REASONS.get(problem.errno or 0)
    return Sentence(key) if key else str(problem.strerror or problem)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
