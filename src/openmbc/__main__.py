"""`python -m openmbc` is the command line."""

from openmbc.cli import main

main()
