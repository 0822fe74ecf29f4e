import logging

logging.basicConfig()