"""Changing a case file: its text as a document, its fields, and the file with its versions."""
