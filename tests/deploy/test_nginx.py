"""The sample for nginx, served by Debian's nginx: the public edition to everybody, the partner edition to nobody without sign-on."""

from __future__ import annotations

import gzip
import http.client
import re
import shutil
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PORT = 18443
PAGE = "<!doctype html><title>A page</title>" + "<p>Text of the page.</p>" * 100
pytestmark = [
    pytest.mark.xdist_group("nginx"),
    pytest.mark.skipif(NGINX is None, reason="Debian's nginx is not installed"),
]
PARTNERS = "partner:word"


class Runs(BaseHTTPRequestHandler):
    """Stands where the page of runs listens, and says what it was sent."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"runs {self.headers.get('Authorization') or 'no sign-on'}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing to the terminal."""


def password_file(path: Path, pair: str) -> None:
    name, word = pair.split(":")
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", word], check=True, capture_output=True, text=True
    ).stdout.strip()
    path.write_text(f"{name}:{hashed}\n")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """nginx with deploy/nginx.conf, its paths and ports put in a folder of the test."""
    here = tmp_path_factory.mktemp("nginx")
    for edition in ("public", "partner"):
        folder = here / "readers" / edition / "2024-03-01" / "v1"
        folder.mkdir(parents=True)
        (folder / "report.html").write_text(PAGE.replace("A page", edition))
        (folder / "figures.csv").write_text("row,label\n")
        (here / "readers" / edition / "index.html").write_text(PAGE.replace("A page", edition))
        (here / "readers" / edition / ".part.html").write_text("half")
    (here / "secret.txt").write_text("not for readers")
    for path in [here, *here.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    # nginx serves as another user, who has to get here.
    for parent in here.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(here / "profile.key"),
            "-out",
            str(here / "profile.crt"),
        ],
        check=True,
        capture_output=True,
    )
    password_file(here / "partners.htpasswd", PARTNERS)
    password_file(here / "analysts.htpasswd", "analyst:word")
    runs = HTTPServer(("127.0.0.1", 0), Runs)
    Thread(target=runs.serve_forever, daemon=True).start()
    sample = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for was, becomes in {
        "/srv/cce/readers": str(here / "readers"),
        "/etc/ssl/cce": str(here),
        "/etc/cce": str(here),
        "listen 443 ssl": f"listen 127.0.0.1:{PORT} ssl",
        "listen 80": f"listen 127.0.0.1:{PORT + 1}",
        "http://127.0.0.1:3000": f"http://127.0.0.1:{runs.server_port}",
    }.items():
        assert was in sample, was
        sample = sample.replace(was, becomes)
    (here / "cce.conf").write_text(sample)
    (here / "nginx.conf").write_text(
        f"pid {here}/nginx.pid; error_log {here}/error.log; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; client_body_temp_path {here}/body;\n"
        f"proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fcgi; uwsgi_temp_path {here}/uwsgi;\n"
        f"scgi_temp_path {here}/scgi; include {here}/cce.conf; }}\n"
    )
    assert NGINX is not None
    command = [NGINX, "-c", str(here / "nginx.conf"), "-e", str(here / "error.log")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    for _ in range(50):
        try:
            ask("/public/index.html")
            break
        except ConnectionError:
            time.sleep(0.1)
    yield
    process.terminate()
    process.wait()
    runs.shutdown()


def ask(
    path: str, sign_on: str = "", host: str = "profile.example.org", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", PORT, context=context, timeout=10)
    more = {"Host": host, **headers}
    if sign_on:
        more["Authorization"] = f"Basic {b64encode(sign_on.encode()).decode()}"
    connection.request("GET", path, headers=more)
    answer = connection.getresponse()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


REPORT = "2024-03-01/v1/report.html"


def test_everybody_has_the_public_edition(server: None) -> None:
    status, headers, page = ask(f"/public/{REPORT}")
    assert status == 200
    assert b"<title>public" in page
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert ask("/")[1]["location"].endswith("/public/index.html")


@pytest.mark.parametrize(
    "path",
    [
        "/partner/",
        "/partner/index.html",
        f"/partner/{REPORT}",
        "/partner/2024-03-01/v1/figures.csv",
        f"/public/../partner/{REPORT}",
        f"/public/%2e%2e/partner/{REPORT}",
        f"//partner/{REPORT}",
        f"/PARTNER/{REPORT}",
        f"/public/..;/partner/{REPORT}",
        f"/partner/./{REPORT}",
    ],
)
@pytest.mark.parametrize("sign_on", ["", "partner:wrong", "analyst:word"])
def test_no_partner_page_without_sign_on(server: None, path: str, sign_on: str) -> None:
    status, _, page = ask(path, sign_on)
    assert status in (400, 401, 403, 404)
    assert b"<title>partner" not in page


def test_partners_have_theirs_and_it_is_kept_nowhere(server: None) -> None:
    status, headers, page = ask(f"/partner/{REPORT}", PARTNERS)
    assert status == 200
    assert b"<title>partner" in page
    assert headers["cache-control"] == "private, no-store"
    for name in ("strict-transport-security", "x-content-type-options", "content-security-policy"):
        assert name in headers


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/public/../../secret.txt",
        "/public../secret.txt",
        "/public/.part.html",
        "/public/2024-03-01/",
    ],
)
def test_nothing_else_is_served(server: None, path: str) -> None:
    status, _, page = ask(path)
    assert status in (400, 403, 404)
    assert b"not for readers" not in page
    assert b"half" not in page


def test_pages_are_sent_compressed(server: None) -> None:
    _, headers, page = ask(f"/public/{REPORT}", **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert b"<title>public" in gzip.decompress(page)


def test_the_page_of_runs_is_for_analysts_and_is_not_told_the_password(server: None) -> None:
    assert ask("/", host="runs.example.org")[0] == 401
    assert ask("/", PARTNERS, host="runs.example.org")[0] == 401
    status, _, page = ask("/", "analyst:word", host="runs.example.org")
    assert (status, page) == (200, b"runs no sign-on")


def test_without_encryption_there_is_a_way_to_it_alone(server: None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT + 1, timeout=10)
    connection.request("GET", f"/partner/{REPORT}", headers={"Host": "profile.example.org"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (
        301,
        f"https://profile.example.org/partner/{REPORT}",
    )


def test_what_a_page_needs_the_server_allows() -> None:
    """Both policies hold at once: the sample's must not be narrower than the report's own."""
    sample = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    (policy,) = re.findall(r'default "(.*)";', sample)
    allowed = {part.split()[0]: set(part.split()[1:]) for part in policy.split("; ")}
    source = (ROOT / "profiles" / "report" / "render.py").read_text("utf-8")
    for directive in re.findall(r"(script-src|style-src|img-src|connect-src) ([^;\"]*)", source):
        name, values = directive
        wanted = {v for v in values.split() if v.startswith(("'unsafe", "data:", "blob:"))}
        assert wanted <= allowed[name], name
