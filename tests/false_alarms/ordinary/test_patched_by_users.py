"""What the net stands in for, tests may replace as well, pickle, inspect and subclass."""

import asyncio
import gc
import inspect
import os
import pickle
import signal
import socket
import subprocess
import threading
import time
from unittest import mock

import pytest

SEEN = [
    (time, "sleep"),
    (asyncio, "sleep"),
    (asyncio, "gather"),
    (socket, "socket"),
    (socket.socket, "connect"),
    (socket.socket, "recv"),
    (subprocess, "Popen"),
    (subprocess.Popen, "wait"),
    (threading.Thread, "start"),
    (signal, "signal"),
    (gc, "collect"),
    (asyncio.Lock, "acquire"),
    (asyncio.BaseEventLoop, "create_server"),
    (mock.CallableMixin, "__call__"),
]
NAMES = [f"{owner.__name__}.{name}" for owner, name in SEEN]


@pytest.mark.parametrize(("owner", "name"), SEEN, ids=NAMES)
def test_replaces_it(monkeypatch, owner, name):
    before = getattr(owner, name)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, lambda *_: "replaced")
        assert getattr(owner, name) is not before

    assert getattr(owner, name) is before


@pytest.mark.parametrize(("owner", "name"), SEEN, ids=NAMES)
def test_mocks_it(owner, name):
    before = getattr(owner, name)
    with mock.patch.object(owner, name, autospec=owner is not mock.CallableMixin):
        assert getattr(owner, name) is not before

    assert getattr(owner, name) is before


async def test_sleeps_for_no_time(monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    time.sleep(60)

    assert slept == [60]


async def test_awaits_no_time(monkeypatch):
    sleep = mock.AsyncMock()
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await asyncio.sleep(60)

    sleep.assert_awaited_once_with(60)


async def test_has_no_network(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("127.0.0.1", 1))


@pytest.mark.parametrize("function", [time.sleep, signal.signal, os.system])
def test_pickles_it(function):
    assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize(("owner", "name"), SEEN, ids=NAMES)
def test_is_called_what_it_was_called(owner, name):
    assert getattr(owner, name).__name__ == name


def test_has_the_parameters_that_it_had():
    assert "return_exceptions" in inspect.signature(asyncio.gather).parameters
    assert list(inspect.signature(threading.Thread.start).parameters) == ["self"]
    assert "host" in inspect.signature(asyncio.BaseEventLoop.create_server).parameters


async def test_has_a_loop_class_of_its_own():
    class Loop(asyncio.SelectorEventLoop):
        def call_soon(self, callback, *args, context=None):
            return super().call_soon(callback, *args, context=context)

        def call_at(self, when, callback, *args, context=None):
            return super().call_at(when, callback, *args, context=context)

    def run():
        loop = Loop()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()

    await asyncio.to_thread(run)


async def test_real_fault_beside_them():
    time.sleep(0.01)  # guilty: blocking_call
