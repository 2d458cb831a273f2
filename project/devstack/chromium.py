"""Finds the browser of the browser tests and prints its path; installs one where there is none."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FAILURE = "The browser tests need Chromium: install it, or name it in the variable CHROMIUM."


def find_installed() -> str | None:
    named = os.environ.get("CHROMIUM", "").strip()
    if named:
        path = shutil.which(named)
        if path is None:
            raise SystemExit(f"CHROMIUM names {named}, which is not a program.")
        return path
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    return find_playwrights_own()


def find_playwrights_own() -> str | None:
    playwright = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as running:
        path = Path(running.chromium.executable_path)
    return str(path) if path.is_file() else None


def install() -> None:
    """Debian's package as root, else Playwright's own download. What they say is for people, so it goes to stderr."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        update = _run("apt-get", "update", "-qq")
        if update and _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"):
            return
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, stdout=sys.stderr, env=environment, check=False).returncode == 0


def main() -> None:
    path = find_installed()
    if path is None:
        print("Installing Chromium for the browser tests", file=sys.stderr)
        install()
        path = find_installed()
    if path is None:
        raise SystemExit(FAILURE)
    print(path)


if __name__ == "__main__":
    main()
