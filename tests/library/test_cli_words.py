"""A mistake in the words of a command is one line and exit code 2."""

from __future__ import annotations

import pytest

from evenhand.cli.main import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["listen", "power", "--share", "abc", "--margin", "0.1"], "evenhand listen power: argument --share"),
        (["listen", "estimate", "f.csv"], "--question"),
        (["decide", "tally", "f.csv", "--decl", "x"], "unrecognized arguments"),
        (["decid"], "did you mean 'decide'"),
        (["prove", "rtm", "--mean", "1_0"], "argument --mean: expected a finite number, found '1_0'"),
        (["account", "reach", "--adoption", "\uff10"], "argument --adoption: expected a finite number"),
    ],
)
def test_a_mistyped_command_is_refused_in_one_line(words, said, capsys):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err
