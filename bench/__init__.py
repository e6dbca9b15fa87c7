"""Speed, measured as ratios against a floor in the same run: `make bench`. Memory is kept, as the command line does."""

from openmbc import memory

memory.keep()
