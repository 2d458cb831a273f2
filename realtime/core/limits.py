"""Every limit of the socket. The welcome frame tells them to the client; the consumer and the hub enforce them."""

from typing import Final

PROTOCOL_VERSION: Final = 1

FRAME_BYTES: Final = 16 * 1024  # the largest command is a message of 4,000 characters, four bytes each at worst
FRAMES_PER_S: Final = 20  # a person clicks at most a few times a second; the rest is room for reconnecting
BURST: Final = 40  # a page that opens subscribes to all it shows at once
FLOOD_REFUSALS: Final = 40  # frames refused in a row by the rate limit before the socket is closed
BAD_FRAMES_IN_A_ROW: Final = 10  # a client that never sends a good frame is broken; closing it tells its author
TOPICS: Final = 50  # the busiest page, the lobby with the slip open, uses about fifteen
TOPICS_PER_S: Final = 25  # asked for on one socket: each may cost an image, and fifty are asked for at most
TOPICS_BURST: Final = 150  # three reconnects in a row in bad weather
SOCKETS_PER_USER: Final = 10  # open tabs and devices of one person
SOCKETS_PER_ADDRESS: Final = 150  # a household, an office, a small campus behind one address
CALLS_IN_FLIGHT: Final = 8  # commands of one socket that may wait for the database at once
WORK_QUEUE: Final = 64  # frames of one socket that may wait their turn; above BURST, so the rate limit speaks first

HELLO_WITHIN_S: Final = 10.0
SESSION_CHECK_S: Final = 60.0

HEARTBEAT_MS: Final = 5_000
HEARTBEAT_MS_MIN: Final = 500
HEARTBEAT_MS_MAX: Final = 30_000

CONFLATE_MS: Final = 50
CONFLATE_MS_CHOICES: Final = (0, 20, 50, 100, 250, 500, 1_000)

SEGMENT_BYTES: Final = 256 * 1024  # a bigger image would hold up every other frame of the socket
UNSENT_BYTES: Final = 1024 * 1024  # what one slow reader may cost in memory before it is closed
SLOW_FOR_S: Final = 7.5  # without taking anything: with the check and the goodbye a stalled reader is gone in ten

REPLAY_CHANGES_PER_FRAME: Final = 200  # a resume after a day away is sent in several frames

TYPING_EVERY_S: Final = 3.0  # how often a client says that its person is typing
TYPING_FOR_S: Final = 6.0  # how long that stands: one lost frame does not make the word flicker
PEOPLE_SHOWN: Final = 50  # named on a gathering; whoever reads more names than that reads none
TYPING_SHOWN: Final = 10  # named as typing; a page names two or three of them
ROSTER_GUESTS: Final = 500  # named between hubs, so that one message stays below 100 KB; the others are a number

TICKET_SECONDS: Final = 30  # long enough for a slow phone to open a socket, too short to be worth stealing
