/* The physical floor: one epoll, send() of ready frames, nothing else.
   floor PORT FEED IMAGE TICK_MS PROCESSES: an update is a Unix datagram, its topic's number as one byte and then its text,
   that is framed once and goes to each client that named the topic in its greeting. With a tick the last update of
   each topic waits for it, and all that a client hears leaves in one send(). Every process takes a share of the
   clients and all updates, the latter on a socket of its own. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS_MAX = 4096, TOPICS_MAX = 64, TOPICS_A_CLIENT_MAX = 8, EVENTS_MAX = 256, UPDATE_MAX = 4096, HEAD_MAX = 4 };

/* The answer to the one key that the load client sends. */
static const char accept_key[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct hearing { int client, topic_count, topics[TOPICS_A_CLIENT_MAX]; };
struct waiting { size_t length; char frame[HEAD_MAX + UPDATE_MAX]; };

static struct hearing hearings[CLIENTS_MAX];
static int hearing_count;
static int listeners[TOPICS_MAX][CLIENTS_MAX];
static int listener_count[TOPICS_MAX];
static struct waiting waiting[TOPICS_MAX];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_port(int port) {
  int one = 1, descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor < 0) fail("socket");
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
  if (listen(descriptor, 1024) < 0) fail("listen");
  return descriptor;
}

/* In Linux's own name space, where nothing is left behind. A queue that is full holds up the publisher. */
static int open_feed(const char *name, int process) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int size = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "bench-floor-%s-%d", name, process);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)size);
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, length) < 0) fail("feed");
  return descriptor;
}

static int open_tick(int tick_ms) {
  struct timespec interval = {tick_ms / 1000, tick_ms % 1000 * 1000000L};
  struct itimerspec ticking = {interval, interval};
  int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  if (descriptor < 0 || timerfd_settime(descriptor, 0, &ticking, NULL) < 0) fail("timerfd");
  return descriptor;
}

static void watch(int epoll, int descriptor) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
}

/* Puts the head of a text frame before the payload, which begins HEAD_MAX bytes into the buffer. */
static char *frame(char *buffer, size_t size, size_t *length) {
  size_t head = size < 126 ? 2 : 4;
  char *start = buffer + HEAD_MAX - head;
  start[0] = (char)0x81;
  start[1] = (char)(size < 126 ? size : 126);
  if (head == 4) {
    start[2] = (char)(size >> 8);
    start[3] = (char)size;
  }
  *length = size + head;
  return start;
}

static void welcome(int epoll, int listener) {
  int one = 1, client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (client < 0) return; /* another process was quicker */
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  watch(epoll, client);
}

/* The numbers between the brackets of a greeting; its mask is zero, so it can be read as it is. */
static void hear(int client, const char *greeting) {
  if (hearing_count == CLIENTS_MAX) fail("too many clients");
  struct hearing *hearing = &hearings[hearing_count++];
  *hearing = (struct hearing){.client = client};
  for (const char *next = strchr(greeting, '['); next && *next != ']' && hearing->topic_count < TOPICS_A_CLIENT_MAX;) {
    char *end;
    int topic = (int)strtol(next + 1, &end, 10);
    hearing->topics[hearing->topic_count++] = topic;
    listeners[topic][listener_count[topic]++] = client;
    next = end;
  }
}

static void forget(int client) {
  for (int topic = 0; topic < TOPICS_MAX; topic++)
    for (int index = 0; index < listener_count[topic]; index++)
      if (listeners[topic][index] == client) listeners[topic][index] = listeners[topic][--listener_count[topic]];
  for (int index = 0; index < hearing_count; index++)
    if (hearings[index].client == client) hearings[index] = hearings[--hearing_count];
  close(client);
}

static void answer(int client, const char *image, size_t image_length) {
  static char heard[4096];
  ssize_t size = recv(client, heard, sizeof heard - 1, 0);
  if (size <= 0) {
    forget(client);
  } else if (size > 4 && !memcmp(heard, "GET ", 4)) {
    if (send(client, accept_key, sizeof accept_key - 1, MSG_NOSIGNAL) < 0) fail("send");
  } else {
    heard[size] = 0;
    hear(client, heard + 8); /* behind the longest head that a greeting can have */
    if (send(client, image, image_length, MSG_NOSIGNAL) < 0) fail("send");
  }
}

/* Whether there was anything. */
static int take(int feed, int is_gathering) {
  static char buffer[HEAD_MAX + UPDATE_MAX];
  size_t length;
  ssize_t size = recv(feed, buffer + HEAD_MAX - 1, UPDATE_MAX + 1, 0);
  if (size < 1) return 0;
  int topic = (unsigned char)buffer[HEAD_MAX - 1] % TOPICS_MAX;
  const char *update = frame(buffer, (size_t)size - 1, &length);
  if (is_gathering) {
    waiting[topic].length = length;
    memcpy(waiting[topic].frame, update, length);
    return 1;
  }
  for (int index = 0; index < listener_count[topic]; index++)
    send(listeners[topic][index], update, length, MSG_NOSIGNAL);
  return 1;
}

static void flush(int tick) {
  static char buffer[TOPICS_A_CLIENT_MAX * (HEAD_MAX + UPDATE_MAX)];
  uint64_t ticks;
  if (read(tick, &ticks, sizeof ticks) < 0) return;
  for (struct hearing *hearing = hearings; hearing < hearings + hearing_count; hearing++) {
    size_t size = 0;
    for (int index = 0; index < hearing->topic_count; index++) {
      const struct waiting *update = &waiting[hearing->topics[index]];
      memcpy(buffer + size, update->frame, update->length);
      size += update->length;
    }
    if (size) send(hearing->client, buffer, size, MSG_NOSIGNAL);
  }
  for (int topic = 0; topic < TOPICS_MAX; topic++) waiting[topic].length = 0;
}

int main(int argc, char **argv) {
  static char image_buffer[HEAD_MAX + UPDATE_MAX];
  if (argc != 6) return 2;
  size_t image_length, image_size = strlen(argv[3]);
  int tick_ms = atoi(argv[4]), processes = atoi(argv[5]), process = 0;
  memcpy(image_buffer + HEAD_MAX, argv[3], image_size);
  const char *image = frame(image_buffer, image_size, &image_length);
  for (int child = 1; child < processes && !process; child++)
    if (!fork()) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      process = child;
    }
  int feed = open_feed(argv[2], process), tick = tick_ms ? open_tick(tick_ms) : -1, epoll = epoll_create1(0);
  int listener = open_port(atoi(argv[1]));
  watch(epoll, listener);
  watch(epoll, feed);
  if (tick >= 0) watch(epoll, tick);
  for (;;) {
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
    for (int index = 0; index < count; index++) {
      int descriptor = events[index].data.fd;
      if (descriptor == listener)
        welcome(epoll, listener);
      else if (descriptor == feed)
        while (take(feed, tick_ms) && tick_ms) continue; /* a late tick has all that waits */
      else if (descriptor == tick)
        flush(tick);
      else
        answer(descriptor, image, image_length);
    }
  }
}
