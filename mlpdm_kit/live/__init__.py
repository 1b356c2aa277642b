"""Asking a model: prompts out of the case, calls to an endpoint, answers into a log beside it."""
