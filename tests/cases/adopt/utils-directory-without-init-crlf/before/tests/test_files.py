import importlib.util
import pathlib

spec = importlib.util.spec_from_file_location(
    "files", pathlib.Path(__file__).parent / "utils" / "files.py"
)
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)


def test_name():
    assert files.name("a/b") == "b"
