"""Measurements that print a table with a baseline and a floor from the same run: ratios travel, milliseconds do not."""
