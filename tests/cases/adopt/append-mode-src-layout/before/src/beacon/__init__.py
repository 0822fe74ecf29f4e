def flash(times):
    return "*" * times
