def test_noon(noon):
    assert noon == 12


def test_plugin(pytester):
    pytester.makepyfile("def test_a(): pass")
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=1)
