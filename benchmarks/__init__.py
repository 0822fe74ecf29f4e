"""Where the figures in the README and the documents come from."""
