"""kill -9 at every printed band: printed once, voided or unknown; never twice; and both towns know which.

After each death the kiosk is started again twice: the first start settles, the second must find nothing to do and print nothing.
"""

import pytest


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", [400, pytest.param(80, marks=pytest.mark.soak)])
def test_killed_at_every_band(scenes, tmp_path, undisturbed, visit, step):
    """The printer tells us at which row the kiosk dies; in `make soak` in steps smaller than any band."""
    _, whole = undisturbed
    rows = whole.height
    for number, row in enumerate([1, *range(80, rows, step), rows - 1, rows]):
        with scenes.open(tmp_path / str(number)) as scene:
            last = []

            def die(printed, row=row, last=last):
                last[:] = [printed]
                if printed == row:
                    scenes.victim.kill()

            scene.printer.on_rows = die
            status, _ = scene.run(visit)
            scene.printer.on_rows = None
            # This page may be some rows shorter than the undisturbed one.
            assert status == -9 or last[0] < row, row
            scene.after_death(whole)
