"""What a log says of an LLM's answers beside whether they are right."""
