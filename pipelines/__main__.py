"""`python -m pipelines` is `cce`."""

from pipelines.cli import main

main()
