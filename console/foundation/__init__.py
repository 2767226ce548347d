"""The parts of the Foundation page: health, findings, models, migrations, and what is examined."""
