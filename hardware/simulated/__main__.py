"""`python -m hardware.simulated card | pcsc-lab | printer`: simulated devices behind the field's own wires."""

import typer

from hardware.simulated.card_command import card
from hardware.simulated.pcsc_lab_command import pcsc_lab
from hardware.simulated.printer_command import printer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.command("card")(card)
app.command("pcsc-lab")(pcsc_lab)
app.command("printer")(printer)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
