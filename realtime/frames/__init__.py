"""The frames of the socket: what a client may send and what it gets. The protocol documents come from these."""
