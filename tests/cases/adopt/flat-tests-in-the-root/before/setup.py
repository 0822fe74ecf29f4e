from setuptools import setup

setup(name="roots", py_modules=["roots"])
