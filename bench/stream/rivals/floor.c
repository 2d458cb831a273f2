/* The physical floor: one thread, one epoll, send() of a ready frame to every client, nothing else.
   floor PORT FEED_PORT IMAGE EVERY: updates come as datagrams, each is framed once and goes to one client in EVERY,
   to others each time. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 65536, EVENTS_MAX = 256, UPDATE_MAX = 65000, HEAD_MAX = 4 };

/* The answer to the one key that the load client sends. */
static const char accept_key[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int clients[CLIENTS_MAX];
static int client_count;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int bound(int type, int port) {
  int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor = socket(AF_INET, type | SOCK_NONBLOCK, 0);
  if (descriptor < 0) fail("socket");
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
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
  if (client < 0 || client_count == CLIENTS_MAX) fail("accept");
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  clients[client_count++] = client;
  watch(epoll, client);
}

static void answer(int client, const char *image, size_t image_length) {
  char heard[4096];
  ssize_t size = recv(client, heard, sizeof heard, 0);
  if (size > 0) {
    int is_opening = size > 4 && !memcmp(heard, "GET ", 4);
    const char *text = is_opening ? accept_key : image;
    if (send(client, text, is_opening ? sizeof accept_key - 1 : image_length, MSG_NOSIGNAL) < 0) fail("send");
    return;
  }
  for (int index = 0; index < client_count; index++)
    if (clients[index] == client) clients[index] = clients[--client_count];
  close(client);
}

int main(int argc, char **argv) {
  static char image_buffer[UPDATE_MAX + HEAD_MAX], buffer[UPDATE_MAX + HEAD_MAX];
  if (argc != 5) return 2;
  size_t image_length, length, image_size = strlen(argv[3]);
  memcpy(image_buffer + HEAD_MAX, argv[3], image_size);
  const char *image = frame(image_buffer, image_size, &image_length);
  int listener = bound(SOCK_STREAM, atoi(argv[1])), feed = bound(SOCK_DGRAM, atoi(argv[2]));
  int epoll = epoll_create1(0), every = atoi(argv[4]), turn = 0;
  if (listen(listener, 1024) < 0) fail("listen");
  watch(epoll, listener);
  watch(epoll, feed);
  for (;;) {
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
    for (int index = 0; index < count; index++) {
      int descriptor = events[index].data.fd;
      if (descriptor == listener) {
        welcome(epoll, listener);
      } else if (descriptor != feed) {
        answer(descriptor, image, image_length);
      } else {
        ssize_t size = recv(feed, buffer + HEAD_MAX, UPDATE_MAX, 0);
        if (size < 0) continue;
        const char *update = frame(buffer, (size_t)size, &length);
        for (int client = turn; client < client_count; client += every)
          send(clients[client], update, length, MSG_NOSIGNAL);
        turn = (turn + 1) % every;
      }
    }
  }
}
