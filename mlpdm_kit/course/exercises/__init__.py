"""The exercises, a module a lesson; each holds figures and answers, and no sentence."""
