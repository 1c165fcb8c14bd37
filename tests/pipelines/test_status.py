"""`cce status`: who has supplied up to when, line by line."""

from __future__ import annotations

from conftest import Refreshed, run_here


def test_every_supplier_has_a_line(refreshed: Refreshed) -> None:
    said = run_here(refreshed.home, "status")
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    begin, end = lines.index("Supplies:"), next(n for n, x in enumerate(lines) if x[:6] == "Month:")
    assert lines[begin + 1 : end] == [
        "  Birmingham Children's Trust: to 31 March 2024",
        "  Birmingham City Council, education: to 31 March 2024",
        "  Health providers (INV01): to 31 March 2024",
        "  Health providers (INV02): to 31 March 2024",
        "  West Midlands Police: to 31 March 2024",
    ]
    assert "Published versions: 1" in lines
    assert "Last run: refresh_profile, success" in lines
