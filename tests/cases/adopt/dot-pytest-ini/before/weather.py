import logging


def warn(speed):
    logging.getLogger("weather").warning("wind %s", speed)
