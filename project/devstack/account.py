"""Which account and folders the embedded servers use. PostgreSQL refuses root, so root borrows another account."""

import hashlib
import os
import pwd
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from project.devstack.memory import memory_folder

# A Unix socket's path may hold 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" and Redis "/redis.sock" to the folder.
SOCKET_FOLDER_BYTES_MAX = 90
BORROWED_ACCOUNTS = ("postgres", "nobody")
# A folder of ours in there is private and its owner is checked; no other place has paths this short.
NOT_NEEDED = shutil.ignore_patterns("pginstall", "__pycache__")  # an older PostgreSQL comes with the wheel
TEMPORARY = "/tmp"  # noqa: S108  as above
OUTSIDE_FOLDER = Path("/var/lib/touchline")


@dataclass(frozen=True)
class Account:
    """The account that owns the data and runs PostgreSQL; `is_borrowed` when we are root and it is not."""

    uid: int
    gid: int
    is_borrowed: bool


def get_account() -> Account:
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), is_borrowed=False)
    for name in BORROWED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid, is_borrowed=True)
    raise SystemExit(
        f"PostgreSQL does not run as root and none of these accounts exists: {', '.join(BORROWED_ACCOUNTS)}."
    )


def is_reachable(folder: Path, account: Account) -> bool:
    """Whether the account may enter every folder from the root down to this one."""
    for step in (folder, *folder.parents):
        mode = step.stat()
        if mode.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif mode.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not mode.st_mode & needed:
            return False
    return True


def own_folder(folder: Path, account: Account) -> Path:
    """Create a private folder of the account; an existing one of somebody else is refused, never taken over."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat()
    if account.is_borrowed and owner.st_uid == 0:
        os.chown(folder, account.uid, account.gid)
    elif owner.st_uid != account.uid:
        raise SystemExit(
            f"{folder} belongs to another account (uid {owner.st_uid}): remove it or choose another checkout."
        )
    folder.chmod(0o700)
    return folder


def digest_of(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]


def place_for(folder: Path, account: Account) -> Path:
    """Where the servers of a working folder live: inside it, or under /var/lib where the account may not enter it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    if is_reachable(folder, account):
        return folder
    outside = OUTSIDE_FOLDER / digest_of(folder)
    outside.mkdir(parents=True, exist_ok=True)
    for step in (OUTSIDE_FOLDER, outside):
        step.chmod(0o755)
    return outside


def forgetful_place_for(folder: Path, account: Account) -> Path:
    """Where servers live whose data may go with the machine: in memory, or as `place_for` has it."""
    place = place_for(folder, account)
    return memory_folder(f"touchline-{digest_of(place)}") or place


def socket_folder_for(place: Path, account: Account) -> Path:
    """A private folder for sockets whose path is short and has no space; under /tmp where the place allows none."""
    inside = place / "run"
    if len(os.fsencode(inside)) <= SOCKET_FOLDER_BYTES_MAX and " " not in str(inside) and "%" not in str(inside):
        return own_folder(inside, account)
    return own_folder(Path(TEMPORARY) / f"touchline-{account.uid}-{digest_of(place)}", account)


def drop_socket_folder(folder: Path) -> None:
    """Leave nothing under /tmp, unless another server still has its socket there."""
    if folder.parent == Path(TEMPORARY):
        with suppress(OSError):
            folder.rmdir()


def copy_programs(sources: tuple[Path, ...], target: Path) -> None:
    """Copy the folders side by side, whole or not at all, so that their libraries still find each other."""
    if target.exists():
        return
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for source in sources:
        shutil.copytree(source, partial / source.name, symlinks=True, ignore=NOT_NEEDED)
    partial.rename(target)
