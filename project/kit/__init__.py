"""The shared kernel: the few mechanisms every app stands on. It knows no app and no business rule."""
