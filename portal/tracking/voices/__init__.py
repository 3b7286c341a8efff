"""What is said about the record: questions, corrections, statements, and what is still owed."""
