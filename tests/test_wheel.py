"""The package as it is handed out: built, installed into an empty folder, used from another one."""

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = {".css", ".html", ".js", ".json", ".mako", ".svg", ".txt", ".typed", ".LICENSE"}
LOCATIONS = (
    "id,name,street,city,postal_code,phone\nelm,Harbor Dental,120 Elm Street,Salem,97301,503-555-0142\n"
)
LISTINGS = "id,name,street,city,postal_code,phone\nx,Harbor Dental,120 Elm St,Salem,97301,(503) 555-0142\n"
PAGE = """<script type="application/ld+json">
{"@context": "https://schema.org", "@type": "Dentist", "name": "Harbor Dental", "telephone": "+1 503-555-0142",
 "address": {"@type": "PostalAddress", "streetAddress": "120 Elm Street", "addressCountry": "US"}}
</script>"""


def build(source: Path, into: Path) -> tuple[Path, Path]:
    """The wheel and the source distribution of a tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(into)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    return next(into.glob("*.whl")), next(into.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's content and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target"]
    subprocess.run([*command, str(folder), str(built[0])], check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with somebody's files and nothing of ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "locations.csv").write_text(LOCATIONS)
    (folder / "listings.csv").write_text(LISTINGS)
    (folder / "fields.csv").write_text("field,left,right\nphone,503-555-0142,(503) 555-0142\n")
    (folder / "page.html").write_text(PAGE)
    return folder


def run(installed: Path, cwd: Path, *arguments: str) -> str:
    """What the installed command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "goodstanding", *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(installed), "GOODSTANDING_HOME": str(cwd / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_every_file_that_the_code_opens_is_in_the_wheel(built: tuple[Path, Path]) -> None:
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in ("listings", "reputation", "crawlers", "web")
        for path in (ROOT / package).rglob("*")
        if path.suffix in DATA | {".py"} and "__pycache__" not in path.parts
    }
    assert {"listings/matching/data/weights.json", "web/templates/base.html", "web/static/app.css"} <= kept
    assert kept - names(built[0]) == set()


def test_tests_and_benchmarks_stay_at_home(built: tuple[Path, Path]) -> None:
    tops = {name.partition("/")[0] for name in names(built[0])}
    assert tops == {"listings", "reputation", "crawlers", "web", "goodstanding.py", "wsgi.py"}


def test_the_source_distribution_builds_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again, _ = build(unpacked, tmp_path / "again")
    assert names(again) == names(built[0])


def test_the_command_says_what_it_can_do(installed: Path, elsewhere: Path) -> None:
    told = run(installed, elsewhere, "--help")
    assert all(command in told for command in ("init", "import", "crawl", "match", "serve"))


def test_the_code_that_runs_is_the_installed_one(installed: Path, elsewhere: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import listings, web; print(listings.__file__); print(web.__file__)"],
        cwd=elsewhere,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert all(line.startswith(str(installed)) for line in found.splitlines())


def test_a_database_is_made_from_the_migrations_inside(installed: Path, elsewhere: Path) -> None:
    assert "Ready" in run(installed, elsewhere, "init")
    assert (elsewhere / "home" / "goodstanding.db").exists()


def test_a_page_is_read(installed: Path, elsewhere: Path) -> None:
    line = json.loads(run(installed, elsewhere, "read", "website", "page.html"))
    assert (line["name"], line["phone"]) == ("Harbor Dental", "+15035550142")


def test_files_are_linked_with_the_weights_inside(installed: Path, elsewhere: Path) -> None:
    run(installed, elsewhere, "match", "locations.csv", "listings.csv", "-o", "out.csv")
    assert (elsewhere / "out.csv").read_text().splitlines()[1].startswith("x,elm,")


def test_values_are_compared(installed: Path, elsewhere: Path) -> None:
    assert "equivalent" in run(installed, elsewhere, "compare", "fields.csv")


def test_the_web_pages_find_their_templates(installed: Path, elsewhere: Path) -> None:
    run(installed, elsewhere, "init")
    code = "import wsgi; print(wsgi.app.test_client().get('/login').status_code)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env={"PYTHONPATH": str(installed), "GOODSTANDING_HOME": str(elsewhere / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.stdout.strip() == "200", found.stderr
