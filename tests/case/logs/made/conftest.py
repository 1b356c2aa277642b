collect_ignore = ["receipts.py"]  # Inspect runs it, where it is installed
