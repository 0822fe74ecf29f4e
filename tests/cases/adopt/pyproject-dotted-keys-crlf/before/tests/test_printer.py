import printer


def test_lines():
    assert printer.lines("a\r\nb") == ["a", "b"]
