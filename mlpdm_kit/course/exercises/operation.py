"""Lesson: to come."""

EXERCISES = ()
