"""The commands of `jukinet` that have a module of their own. Each is loaded when it is asked for: all of them take 0.3 s and 30 MB, and a
node needs none.
"""

from importlib import import_module

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

# Command -> module and name there: a function, or a group of commands.
COMMANDS = {
    "backup": ("jukinet.node.backup_command", "backup"),
    "restore": ("jukinet.node.backup_command", "restore"),
    "opinions": ("jukinet.node.opinions_command", "opinions"),
    "close": ("jukinet.node.closure_command", "close"),
    "reopen": ("jukinet.node.closure_command", "reopen_command"),
    "bench": ("jukinet.bench.command", "bench"),
    "register": ("jukinet.node.register_command", "register"),
    "audit": ("jukinet.node.audit.command", "audit"),
    "counter": ("jukinet.node.moves.command", "app"),
    "card": ("jukinet.node.card_command", "app"),
    "move": ("jukinet.lab.move_command", "app"),
    "agency": ("jukinet.agency.command", "agency"),
    "agency-table": ("jukinet.node.agencies.command", "table"),
}


class Commands(TyperGroup):
    """What `@app.command()` has put into it, and the others."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return [*super().list_commands(ctx), *COMMANDS]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> "TyperCommand | TyperGroup | None":  # type: ignore[override]
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)  # type: ignore[return-value]
        module, name = COMMANDS[cmd_name]
        found = getattr(import_module(module), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command()(found)
            found = alone
        command = get_command(found)
        command.name = cmd_name
        return command  # type: ignore[return-value]
