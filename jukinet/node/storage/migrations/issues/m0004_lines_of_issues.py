"""Each issue knows its line in the log, so that its answer can be proven again when it is given again."""

import sqlalchemy as sa
from alembic import op

revision = "issues_0004"
down_revision = "issues_0003"


def upgrade() -> None:
    op.add_column("issues", sa.Column("line", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back to before it was")
