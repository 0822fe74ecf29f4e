import sys

collect_ignore = ["legacy"]
if sys.version_info < (3,):
    print "no longer supported"
