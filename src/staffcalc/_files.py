"""Files are written whole or not at all: to a temporary file beside the target, then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from staffcalc.errors import InputError


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
        raise InputError("cannot_write", path=str(target), reason=str(problem.strerror)) from problem
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        try:
            temporary.replace(target)
        except OSError as problem:
            raise InputError("cannot_write", path=str(target), reason=str(problem.strerror)) from problem
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
