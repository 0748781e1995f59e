"""Questions: they take the keyboard until they are answered, and Escape is always a way out."""
