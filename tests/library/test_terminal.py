"""Tables on a terminal: no text is taken for markup, no number is cut, at any width."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.cli.terminal import show

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a command writes to a file or a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", "60")
    return 60


def test_brackets_are_text(capsys: Capture, wide: None) -> None:
    show([{"unit [b]": "[red]A81001[/red] [/i]", "note": "[redacted] Surgery"}], "of [bold]all[/bold]")
    out = capsys.readouterr().out
    for text in ("of [bold]all[/bold]", "unit [b]", "[red]A81001[/red] [/i]", "[redacted] Surgery"):
        assert text in out


def test_a_command_prints_names_with_brackets(capsys: Capture, tmp_path: Path, wide: None) -> None:
    file = tmp_path / "practices.csv"
    file.write_text("practice,need,historic\n[/b] Surgery,1,100\n[dim]Two,1,100\n")
    assert main(["account", "budget", str(file), "--total", "200"]) == 0
    out = capsys.readouterr().out
    assert "[/b] Surgery" in out
    assert "[dim]Two" in out


def test_a_pipe_gets_a_row_a_line_with_every_number_whole(capsys: Capture, wide: None) -> None:
    row = {f"a_rather_long_name_{i}": 123456.0 + i for i in range(20)}
    show([row], "title " * 40)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6  # the title, the head with its frame, the row, the frame's end
    assert all(f"{value:,.0f}" in lines[4] for value in row.values())


def test_a_narrow_terminal_gets_blocks(capsys: Capture, narrow: int) -> None:
    rows = [{"code": f"RX{i}", **{f"column_{k}": 1000 * i + k for k in range(12)}, "why": "so many words " * 9}
            for i in range(3)]  # fmt: skip
    show(rows, "")
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= narrow
    assert out.count("RX2") > 1  # whose row it is stands in every block
    for row in rows:
        assert all(f" {row[f'column_{k}']} " in out for k in range(12))
    assert " ".join(out.split()).count("words") == 27
    assert "…" not in out


def test_a_hash_is_never_cut(capsys: Capture, narrow: int) -> None:
    show([{"what": "head", "value": "f" * 64 + "0123"}], "")
    out = capsys.readouterr().out
    assert out.count("f") == 64
    assert "0123" in out.replace(" ", "").replace("│", "")


def test_two_long_names_on_a_narrow_terminal_are_folded_and_whole(capsys: Capture, narrow: int) -> None:
    show([{"practice": "x" * 38, "network": "y" * 38, "items": 123456789}], "")
    out = capsys.readouterr().out
    assert (out.count("x"), out.count("y")) == (2 * 38, 38)  # whose row it is stands in both blocks
    assert "123456789" in out
    assert max(map(len, out.splitlines())) <= narrow


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.12345, "0.1235"), (9999.5, "10,000"), (12208.66, "12,209"), (-345678.9, "-345,679"),
     (1.5e6, "1,500,000"), (1e55, "1e+55"), (12, "12"), (True, "True")],
)  # fmt: skip
def test_how_a_cell_is_written(capsys: Capture, wide: None, value: object, text: str) -> None:
    show([{"value": value}], "")
    assert f"│ {text} " in capsys.readouterr().out


def test_nothing_to_show(capsys: Capture, wide: None) -> None:
    show([], "none of 3")
    assert "none of 3" in capsys.readouterr().out
