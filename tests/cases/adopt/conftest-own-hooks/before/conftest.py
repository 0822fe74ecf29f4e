import pytest


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run slow tests too")
    parser.addini("greeting", "what to say", default="hello")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: needs --slow")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="needs --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
    items.sort(key=lambda item: item.name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    item.user_properties.append(("greeting", item.config.getini("greeting")))
    return (yield)


@pytest.fixture
def greeting(request):
    return dict(request.node.user_properties)["greeting"]
