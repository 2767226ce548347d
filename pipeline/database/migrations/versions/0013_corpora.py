"""Corpora: versions of books, modules, chunks, vectors"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "corpus_versions",
        sa.Column("version", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("inferred", sa.JSON(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("licence_url", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("noncommercial", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision", sa.String(500), nullable=False),
        sa.Column("embedder", sa.String(500), nullable=False),
        sa.Column("size_words", sa.Integer(), nullable=False),
        sa.Column("overlap_words", sa.Integer(), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("embedded", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("ingested_by", sa.String(254), nullable=False),
        sa.Column("ingested_at", MOMENT, nullable=False),
        sa.Index("ix_corpus_versions_name_ingested_at", "name", "ingested_at"),
    )
    op.create_table(
        "corpus_modules",
        _version(),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("module_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("chapter", sa.Integer()),
        sa.Column("chapter_title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("words_in", sa.Integer(), nullable=False),
        sa.Column("words_found", sa.Integer(), nullable=False),
        sa.Column("words_apart", sa.Integer(), nullable=False),
        sa.Column("words_left_out", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
    )
    _chunks()


def _chunks() -> None:
    op.create_table(
        "corpus_chunks",
        _version(),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("module", sa.Integer(), nullable=False),
        sa.Column("chunk_id", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
    )
    op.create_table(
        "corpus_vectors",
        sa.Column("embedder", sa.String(500), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
    )


def _version() -> sa.Column[str]:
    return sa.Column("version", sa.String(16), sa.ForeignKey("corpus_versions.version", ondelete="CASCADE"), primary_key=True)


def downgrade() -> None:
    """Drop them."""
    for table in ("corpus_vectors", "corpus_chunks", "corpus_modules", "corpus_versions"):
        op.drop_table(table)
