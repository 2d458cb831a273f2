"""Those our hub is measured against, each in its best documented configuration."""
