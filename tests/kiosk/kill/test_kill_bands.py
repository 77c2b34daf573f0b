"""kill -9 at every printed band: printed once, voided or unknown; never twice; and both towns know which.

After each death the kiosk is started again twice: the first start settles, the second must find nothing to do and print nothing.
"""

import pytest


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", [400, pytest.param(80, marks=pytest.mark.soak)])
def test_killed_at_every_band(scenes, tmp_path, undisturbed, visit, step):
    """The printer tells us at which row the kiosk dies; in `make soak` in steps smaller than any band."""
    _, rows = undisturbed
    for number, row in enumerate([1, *range(80, rows, step), rows - 1, rows]):
        with scenes.open(tmp_path / str(number)) as scene:

            def die(printed, row=row):
                if printed == row:
                    scenes.victim.kill()

            scene.printer.on_rows = die
            status, _ = scene.run(visit)
            scene.printer.on_rows = None
            assert status == -9, row
            scene.after_death(rows)
