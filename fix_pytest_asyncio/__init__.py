"""Finds outdated and wrong asyncio test code, and fixes what can be fixed safely.

Users get all of it as one script: `template/scripts/fix_pytest_asyncio_imports.py`
lists the modules and takes, of each, what is below its first line of the form
`# --- Title ---`. So that this works, imports stand above that line, no module imports
another by anything but its names, and no two modules define the same name.
"""
