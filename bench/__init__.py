"""Speed, measured as ratios against a floor in the same run: `make bench`. Memory is used as by the command line."""

from openmbc import memory

memory.keep()
