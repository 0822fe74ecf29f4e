"""The explorer: runs a marked test under many orders of its tasks.

asyncio runs what is ready first come, first served. Which task is ready first depends
on how long networks, disks and other tasks take, hence on luck. Here, each time that
several tasks are ready, another one than asyncio's may come first: whatever the test
does then, it could do some day without the explorer.

Callbacks of the loop, timers and what comes from outside keep their order; a step of a
task is only ever put off. One that was put off for long has its turn, so that tasks
that poll for something make progress.
"""
