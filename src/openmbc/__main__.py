"""`python -m openmbc` is the command line."""

from openmbc.cli import main

if __name__ == "__main__":  # processes of a cohort import this module again
    main()
