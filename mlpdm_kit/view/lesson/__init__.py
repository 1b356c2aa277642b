"""What a notebook of the course shows: exercises with their forms, the drill, progress."""

from mlpdm_kit.view.lesson.opened import Lesson, open_lesson

__all__ = ["Lesson", "open_lesson"]
