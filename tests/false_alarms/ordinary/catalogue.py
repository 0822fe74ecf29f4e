"""An application that has threads, sockets and loops as soon as it is imported."""

import asyncio
import concurrent.futures
import contextvars
import logging.handlers
import queue
import signal
import socket
import subprocess
import threading

STOP = threading.Event()
THREAD = threading.Thread(target=STOP.wait, daemon=True)
THREAD.start()
LISTENING = socket.create_server(("127.0.0.1", 0))
LOOP = asyncio.new_event_loop()
POOL = concurrent.futures.ThreadPoolExecutor(1)
JOB = POOL.submit(STOP.wait)
LOGGING = logging.handlers.QueueListener(queue.Queue())
LOGGING.start()
CHILD = subprocess.Popen(["sleep", "60"])
REQUEST = contextvars.ContextVar("REQUEST", default="none")
REQUEST.set("of the whole process")
signal.signal(signal.SIGUSR2, lambda *_: None)


def end():
    STOP.set()
    JOB.result()
    CHILD.kill()
    CHILD.wait()
    LOGGING.stop()
    LOOP.close()
    LISTENING.close()
    signal.signal(signal.SIGUSR2, signal.SIG_DFL)
