"""What the page of a gift says and draws."""
