"""Properties of async code, checked by Hypothesis for inputs that nobody thought of.

To pytest-asyncio, an async test with `@given` is one test: all its inputs, which
Hypothesis calls examples, run one after another on one loop, with the same fixtures and
context variables. So loops are of function scope, and no test sees what the examples of
another one left. In `test_fresh_objects.py` they are of module scope, as it shows what
examples may share. A state machine is sync, and has a loop of its own for each example.
"""
