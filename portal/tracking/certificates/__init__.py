"""Certificates of what was confirmed or received, and what is said of their numbers."""
