"""`python -m loopcheck` equals the command `loopcheck`."""

from .faces.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
