"""The case file: what people say about one decision, and the data beside it."""
