"""Tests of compass."""
