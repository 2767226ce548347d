"""The parts of the page Overview: today against the same weekday a week ago, as cards that lead on."""
