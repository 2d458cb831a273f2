"""What is published: it builds, installs into an empty environment, and needs nothing but websockets."""

import ast
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import websockets

FOLDER = Path(__file__).resolve().parents[1]
BUILD = "import setuptools.build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"
USE = "import touchline_client as t, touchline_client.testing; print(t.topics.user('1'), t.__file__)"


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source archive and a wheel, built as `python -m build` builds them, from a copy."""
    copy = tmp_path_factory.mktemp("build") / "python"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", ".*"))
    run(sys.executable, "-W", "error::DeprecationWarning", "-c", BUILD, cwd=copy)
    return copy / "dist"


def test_the_wheel_holds_the_package_its_types_and_its_papers(dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [archive.read(name).decode() for name in names if name.endswith("METADATA")]

    modules = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "touchline_client").rglob("*.py")}
    assert {name for name in names if ".dist-info/" not in name} == {*modules, "touchline_client/py.typed"}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    fields = dict(line.split(": ", 1) for line in metadata.split("\n\n")[0].splitlines())
    assert (fields["Requires-Dist"], fields["License-Expression"]) == ("websockets>=14.2", "MIT")
    assert fields["Description-Content-Type"] == "text/markdown"
    assert "# touchline-client" in metadata


def test_the_source_archive_builds_too(dist: Path, tmp_path: Path) -> None:
    [archive] = dist.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        content.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()

    run(sys.executable, "-c", "import setuptools.build_meta as b; b.build_wheel('again')", cwd=source)
    assert [path.suffix for path in (source / "again").iterdir()] == [".whl"]


def test_it_runs_in_an_empty_environment_with_nothing_but_websockets(dist: Path, tmp_path: Path) -> None:
    [wheel] = dist.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install")
    run(*install, "--quiet", "--no-index", "--no-deps", "--no-compile", wheel, cwd=tmp_path)
    others = tmp_path / "others"
    others.mkdir()
    (others / "websockets").symlink_to(Path(websockets.__file__).parent)

    topic, place = run(python, "-c", USE, cwd=tmp_path, PYTHONPATH=str(others)).split()
    assert topic == "user:1"
    assert Path(place).is_relative_to(tmp_path / "venv")


def test_nothing_else_is_imported() -> None:
    imported: set[str] = set()
    for path in (FOLDER / "touchline_client").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])

    assert imported - set(sys.stdlib_module_names) == {"touchline_client", "websockets"}


def test_every_package_is_published() -> None:
    told = tomllib.loads((FOLDER / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        path.parent.relative_to(FOLDER).as_posix().replace("/", ".")
        for path in (FOLDER / "touchline_client").rglob("__init__.py")
    }

    assert set(told) == found
