"""What people and staff do with accounts."""
