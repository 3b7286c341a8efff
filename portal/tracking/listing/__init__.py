"""The public lists, each declared once: page, file and interface are made of it."""
