"""``python -m mlpdm_kit`` is the command ``mlpdm``."""

from mlpdm_kit.cli import main

if __name__ == "__main__":
    main()
