"""The steps that a random program about time is made of; see `timed_run`."""

from __future__ import annotations

import asyncio
import sys

from timed_run import Body, Run, shown

MANY = 200


class Steps(Run):
    """A run with what its steps use: few things of each kind, so that tasks meet."""

    def __init__(self, slot_seconds: float) -> None:
        """Make what the steps use."""
        super().__init__(slot_seconds)
        self._locks = [asyncio.Lock(), asyncio.Lock()]
        self._semaphore = asyncio.Semaphore(2)
        self._events = [asyncio.Event(), asyncio.Event()]
        self._condition = asyncio.Condition()
        self._queues: list[asyncio.Queue[int]] = [asyncio.Queue(1), asyncio.Queue()]
        self._future = self.loop.create_future()

    # What a task does alone

    async def do_sleep(self, name: str, slots: int) -> None:
        self.tell(name, "slept", await asyncio.sleep(self.seconds(slots), "well"))

    async def do_nap(self, name: str, slots: int) -> None:
        await asyncio.sleep(self.shared_seconds(slots))
        self.tell(name, "woke")

    async def do_crowd(self, name: str, slots: int) -> None:
        """Cancel so many timers at once that the loop removes them from its heap."""
        timers = [self.loop.call_later(MANY, print) for _ in range(MANY)]
        try:
            await self.do_sleep(name, slots)
        finally:
            for timer in timers:
                timer.cancel()

    async def do_fail(self, name: str) -> None:
        self.tell(name, "fails")
        raise ValueError

    async def do_repeat(self, name: str, steps: Body) -> None:
        for _ in range(2):
            await self.do(name, steps)

    async def do_attempt(self, name: str, steps: Body) -> None:
        try:
            await self.do(name, steps)
        except Exception as error:  # noqa: BLE001 - the program goes on after any
            self.tell(name, "caught", shown(error))

    async def do_finally(self, name: str, steps: Body, cleanup: Body) -> None:
        try:
            await self.do(name, steps)
        finally:
            self.tell(name, "cleans up")
            await self.do(name, cleanup)

    async def do_resist(self, name: str, steps: Body) -> None:
        try:
            await self.do(name, steps)
        except asyncio.CancelledError:
            self.tell(name, "resists")

    async def do_wait_for(self, name: str, slots: int, steps: Body) -> None:
        try:
            await asyncio.wait_for(self.whole(name, steps), self.seconds(slots))
        except asyncio.TimeoutError:
            self.tell(name, "was too late")

    # What makes it wait for others

    async def do_lock(self, name: str, which: int, steps: Body) -> None:
        async with self._locks[which]:
            self.tell(name, "has lock", which)
            await self.do(name, steps)

    async def do_lock_in_time(
        self, name: str, which: int, slots: int, steps: Body
    ) -> None:
        lock = self._locks[which]
        try:
            await asyncio.wait_for(lock.acquire(), self.seconds(slots))
        except asyncio.TimeoutError:
            self.tell(name, "lacks lock", which)
            return
        try:
            self.tell(name, "has lock", which)
            await self.do(name, steps)
        finally:
            lock.release()

    async def do_semaphore(self, name: str, steps: Body) -> None:
        async with self._semaphore:
            self.tell(name, "has the semaphore")
            await self.do(name, steps)

    async def do_event(self, name: str, which: int) -> None:
        self.tell(name, "heard of", which, await self._events[which].wait())

    async def do_event_in_time(self, name: str, which: int, slots: int) -> None:
        waiting = self._events[which].wait()
        try:
            await asyncio.wait_for(waiting, self.seconds(slots))
            self.tell(name, "heard of", which)
        except asyncio.TimeoutError:
            self.tell(name, "heard nothing of", which)

    async def do_set(self, name: str, which: int) -> None:
        self.tell(name, "sets", which)
        self._events[which].set()

    async def do_clear(self, name: str, which: int) -> None:
        self.tell(name, "clears", which)
        self._events[which].clear()

    async def do_condition(self, name: str) -> None:
        async with self._condition:
            self.tell(name, "was notified", await self._condition.wait())

    async def do_condition_in_time(self, name: str, slots: int) -> None:
        async with self._condition:
            waiting = self._condition.wait()
            try:
                await asyncio.wait_for(waiting, self.seconds(slots))
                self.tell(name, "was notified")
            except asyncio.TimeoutError:
                self.tell(name, "was not notified")

    async def do_notify(self, name: str, number: int) -> None:
        async with self._condition:
            self.tell(name, "notifies", number)
            self._condition.notify(number)

    async def do_put(self, name: str, which: int, item: int) -> None:
        await self._queues[which].put(item)
        self.tell(name, "put", item)

    async def do_get(self, name: str, which: int) -> None:
        self.tell(name, "got", await self._queues[which].get())
        self._queues[which].task_done()

    async def do_get_in_time(self, name: str, which: int, slots: int) -> None:
        waiting = self._queues[which].get()
        try:
            self.tell(name, "got", await asyncio.wait_for(waiting, self.seconds(slots)))
        except asyncio.TimeoutError:
            self.tell(name, "got nothing")

    async def do_join(self, name: str, which: int) -> None:
        await self._queues[which].join()
        self.tell(name, "joined", which)

    async def do_future(self, name: str) -> None:
        self.tell(name, "was told", await asyncio.shield(self._future))

    # What timers do

    async def do_set_later(self, name: str, slots: int, which: int) -> None:
        self.later(name, slots, self._events[which].set)

    async def do_tell_later(self, name: str, slots: int) -> None:
        def tell() -> None:
            if not self._future.done():
                self._future.set_result("at last")

        self.later(name, slots, tell)

    async def do_cancel_later(self, name: str, slots: int, which: int) -> None:
        self.later(name, slots, lambda: self.cancel(name, which))

    # What begins tasks, and ends them

    async def do_spawn(self, name: str, steps: Body) -> None:
        self.begin(name, steps)

    async def do_cancel(self, name: str, which: int) -> None:
        self.cancel(name, which)

    async def do_await(self, name: str, which: int) -> None:
        task = self.task_after(name, which)
        if task is not None:
            self.tell(name, "awaited", await task)

    async def do_shield(self, name: str, steps: Body) -> None:
        self.tell(name, "shielded", await asyncio.shield(self.begin(name, steps)))

    async def do_gather(self, name: str, errors: str, bodies: list[Body]) -> None:
        tasks = self.begin_all(name, bodies)
        found = await asyncio.gather(*tasks, return_exceptions=errors == "returned")
        self.tell(name, "gathered", *[shown(each) for each in found])

    async def do_wait(
        self, name: str, until: str, slots: int | None, bodies: list[Body]
    ) -> None:
        tasks = self.begin_all(name, bodies)
        done, _ = await asyncio.wait(
            tasks, timeout=self.limit(slots), return_when=until
        )
        self.tell(
            name, "waited for", *[tasks.index(each) for each in tasks if each in done]
        )

    async def do_as_completed(
        self, name: str, slots: int | None, bodies: list[Body]
    ) -> None:
        tasks = self.begin_all(name, bodies)
        try:
            for each in asyncio.as_completed(tasks, timeout=self.limit(slots)):
                self.tell(name, "completed", await each)
        except asyncio.TimeoutError:
            self.tell(name, "was too late")


if sys.version_info >= (3, 11):

    class AllSteps(Steps):
        """Those that need Python 3.11, too."""

        def __init__(self, slot_seconds: float) -> None:
            """Make what the steps use."""
            super().__init__(slot_seconds)
            self._barrier = asyncio.Barrier(2)

        async def do_timeout(self, name: str, slots: int, steps: Body) -> None:
            try:
                async with asyncio.timeout(self.seconds(slots)):
                    await self.do(name, steps)
            except TimeoutError:
                self.tell(name, "was too late")

        async def do_moved_timeout(self, name: str, slots: int, steps: Body) -> None:
            try:
                async with asyncio.timeout(None) as limit:
                    await self.do(name, steps)
                    limit.reschedule(self.loop.time() + self.seconds(slots))
                    await self.do(name, steps)
            except TimeoutError:
                self.tell(name, "was too late", limit.expired())

        async def do_group(self, name: str, steps: Body, bodies: list[Body]) -> None:
            async with asyncio.TaskGroup() as group:
                for each in bodies:
                    self.begin(name, each, group.create_task)
                await self.do(name, steps)
            self.tell(name, "left its group")

        async def do_barrier(self, name: str) -> None:
            self.tell(name, "passes as", await self._barrier.wait())

else:
    AllSteps = Steps
