"""The course: lessons that teach to decide, their exercises, and what learners make of them."""
