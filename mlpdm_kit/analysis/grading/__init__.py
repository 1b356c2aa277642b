"""Graders: whether an answer is right, and how far a grader can be trusted."""
