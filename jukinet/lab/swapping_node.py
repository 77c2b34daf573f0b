"""A whole node whose answers of one path get mixed up, as a process of a lab.

python -m jukinet.lab.swapping_node NODE.toml households|extracts|issues
"""

import sys
from pathlib import Path

from jukinet.errors import SettingsError
from jukinet.lab.swapping import PATHS, Swapper
from jukinet.node.server import run


def main() -> int:
    _, settings, what = sys.argv
    try:
        run([Path(settings)], attached=True, within=[Swapper(PATHS[what]).handle])
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
