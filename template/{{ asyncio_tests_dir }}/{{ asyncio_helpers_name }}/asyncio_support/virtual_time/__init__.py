"""Virtual time: a clock that jumps to the next deadline when every task is blocked."""
