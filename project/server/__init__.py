"""daphne for this site: bounded requests, a WebSocket protocol of its own, and several processes on one socket."""
