"""What people believe: distributions from intervals, and joint draws of them."""
