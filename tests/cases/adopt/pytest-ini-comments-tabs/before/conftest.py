"""Nothing but the root of the path."""
