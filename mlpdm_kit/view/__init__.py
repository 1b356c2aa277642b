"""What people look at: charts drawn from sections, and the notebooks' page."""
