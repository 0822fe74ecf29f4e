# -*- coding: utf-8 -*-
from os import environ

pytest_plugins = ('museum.testing', 'pytester')

environ['MUSEUM'] = 'Städel'
