"""Writes of the community: one function per thing a person does."""
