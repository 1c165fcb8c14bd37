"""Statistical methods, each a small module that knows nothing of children."""
