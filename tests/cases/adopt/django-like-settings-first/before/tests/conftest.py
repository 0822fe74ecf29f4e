# (loaded too late for options)
