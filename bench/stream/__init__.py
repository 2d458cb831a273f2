"""`make bench-stream`: the socket beside ordinary Channels consumers, Node and the floor, in one run."""
