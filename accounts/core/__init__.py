"""Pure rules about people: age, names, countries. No Django, clock or I/O."""
