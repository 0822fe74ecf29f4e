"""What the safety net looks for: a module for each idea.

Every module here with a `Guard` class is found and used; a file that is deleted takes
its checks with it, and nothing else.
"""
