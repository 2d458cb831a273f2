"""Pure decisions about money: what a transfer is, what a sign-up is granted. No Django, clock or I/O."""
