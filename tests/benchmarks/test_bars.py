from benchmarks.bars import Bar, report


def test_all_bars_are_shown_even_when_the_first_is_missed(capsys):
    report([Bar(name="hit ratio", figure=0.5, at_least=0.8), Bar(name="growth in MB", figure=20, at_most=100)])

    shown = capsys.readouterr().out.splitlines()
    assert "MISSED" in shown[0]
    assert "hit ratio 0.50 (bar: at least 0.8)" in shown[0]
    assert "growth in MB 20.00 (bar: at most 100)" in shown[1]


def test_a_missed_bar_fails_the_run():
    assert report([Bar(name="ratio", figure=0.7, at_least=0.6), Bar(name="growth in MB", figure=101, at_most=100)]) == 1


def test_bars_that_are_just_met_pass():
    assert report([Bar(name="ratio", figure=0.6, at_least=0.6), Bar(name="growth in MB", figure=100, at_most=100)]) == 0
