"""The one box, and what can be found by words."""
