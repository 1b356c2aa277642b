"""What an option is worth: outcomes, months, money."""
