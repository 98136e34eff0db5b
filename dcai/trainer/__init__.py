"""Trainers: deployed shared models, as objects."""
