"""Pictures of a workshop that follow the hand."""
