/*
 * Populates a network namespace with TCP sockets over loopback:
 *
 *   sockets TIME_WAIT LIVE CLOSES_PER_SECOND LEAST_DESTINATIONS
 *
 * brings lo up, makes TIME_WAIT sockets, 28,000 to a destination, and LIVE established connections,
 * prints "ready", and then opens and closes CLOSES_PER_SECOND connections to the first LEAST_DESTINATIONS
 * destinations, or to as many more as they need, spread evenly, until its standard input ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51 /* linux/in.h, since Linux 6.3 */
#endif

/* Keep in step with PORT_RANGE in inside.ts. */
enum {
  LOW_PORT = 32768,
  RANGE_SIZE = 30000,
  PER_DESTINATION = 28000,
  FIRST_LISTENING_PORT = 8080,
  MOST_WORKERS = 8,
  MOST_CLOSES = 480, /* a second and destination: a TIME_WAIT of 62 s holds each port */
  LIVE_DESTINATION = 256, /* behind those of five million TIME_WAIT sockets */
};

static void fail(const char *call) {
  perror(call);
  exit(1);
}

/*
 * 127.0.1.1, .2, …: loopback, but never 127.0.0.1, which all connections come from. To a reader of the
 * sockets these are the destinations of a proxy, other machines, and not its own address.
 */
static unsigned destination_host(int number) {
  return 0x7f000101 + number;
}

static struct sockaddr_in address(unsigned host, unsigned short port) {
  struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons(port)};
  result.sin_addr.s_addr = htonl(host);
  return result;
}

static int open_socket(void) {
  int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0) fail("socket");
  return opened;
}

static void bring_loopback_up(void) {
  int any = open_socket();
  struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
  strcpy(request.ifr_name, "lo");
  if (ioctl(any, SIOCSIFFLAGS, &request) < 0) fail("lo");
  close(any);
}

static int listen_on(unsigned short port) {
  int listener = open_socket();
  struct sockaddr_in any = address(INADDR_ANY, port);
  if (bind(listener, (void *)&any, sizeof any) < 0) fail("bind");
  if (listen(listener, SOMAXCONN) < 0) fail("listen");
  return listener;
}

/* The port that connect() takes as the nth of a free range: those of the first one's parity first. */
static unsigned nth_port(int nth) {
  const int half = RANGE_SIZE / 2;
  return LOW_PORT + (nth < half ? 2 * nth : 2 * (nth - half) + 1);
}

/*
 * Narrows connect()'s search to one port, without a bind(): past half of the range a search takes up to
 * a millisecond, and the last 14,000 of 28,000 connections take half a minute. An older kernel does not
 * know the option, and searches.
 */
static void prefer_port(int client, unsigned port) {
  unsigned range = port | port << 16;
  setsockopt(client, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range);
}

/* Returns a connection from the nth port, or -1 when that one is taken. */
static int connect_from(int nth, const struct sockaddr_in *destination) {
  int client = open_socket();
  prefer_port(client, nth_port(nth));
  if (connect(client, (const void *)destination, sizeof *destination) == 0) return client;
  if (errno != EADDRNOTAVAIL) fail("connect");
  close(client);
  return -1;
}

/* The client closes first and keeps the TIME_WAIT. */
static void close_both(int client, int listener) {
  char byte;
  int server = accept(listener, NULL, NULL);
  if (server < 0) fail("accept");
  close(client);
  if (recv(server, &byte, 1, 0) != 0) fail("recv"); /* else both ends may close at once, and both wait */
  close(server);
}

/* Makes every `workers`th destination's share, through a listening port of its own. */
static void fill(int time_waits, int worker, int workers) {
  unsigned short port = FIRST_LISTENING_PORT + worker;
  int listener = listen_on(port);
  for (int first = worker * PER_DESTINATION; first < time_waits; first += workers * PER_DESTINATION) {
    struct sockaddr_in destination = address(destination_host(first / PER_DESTINATION), port);
    for (int nth = 0; nth < PER_DESTINATION && first + nth < time_waits; nth++) {
      int client = connect_from(nth, &destination);
      if (client < 0) fail("connect");
      close_both(client, listener);
    }
  }
  close(listener);
}

/* A child that dies with its parent, however that ends. Returns 0 in the child. */
static pid_t start_child(void) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  return child;
}

static void fill_in_parallel(int time_waits) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  int workers = cores > MOST_WORKERS ? MOST_WORKERS : (int)cores;
  int status;
  for (int worker = 0; worker < workers; worker++) {
    if (start_child() != 0) continue;
    fill(time_waits, worker, workers);
    exit(0);
  }
  while (wait(&status) > 0)
    if (status != 0) exit(1);
}

/* Kept open until the end, both ends of each. */
static void keep_connections(int count) {
  const unsigned short port = FIRST_LISTENING_PORT + MOST_WORKERS;
  int listener = listen_on(port);
  struct sockaddr_in destination = address(destination_host(LIVE_DESTINATION), port);
  for (int nth = 0; nth < count; nth++) {
    if (connect_from(nth, &destination) < 0) fail("connect");
    if (accept(listener, NULL, NULL) < 0) fail("accept");
  }
}

/*
 * Goes round the ports, so that none is asked for before its TIME_WAIT has ended. Each destination starts at
 * another port of the first one's parity, as the kernel starts each at a hash of its addresses: all from the
 * first one would use the same few ports, and from one of the other parity they would look like bound ones.
 */
static void close_steadily(int per_second, int least_destinations) {
  const int half = RANGE_SIZE / 2;
  int listener = listen_on(FIRST_LISTENING_PORT);
  int needed = (per_second + MOST_CLOSES - 1) / MOST_CLOSES;
  int destinations = needed > least_destinations ? needed : least_destinations;
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (int nth = 0;; nth = (nth + 1) % (RANGE_SIZE * destinations)) {
    int number = nth % destinations;
    int own_nth = nth / destinations, first = number * (half / destinations);
    struct sockaddr_in destination = address(destination_host(number), FIRST_LISTENING_PORT);
    int client = connect_from(own_nth / half * half + (first + own_nth) % half, &destination);
    if (client < 0) continue;
    close_both(client, listener);
    due.tv_nsec += 1000000000 / per_second;
    due.tv_sec += due.tv_nsec / 1000000000;
    due.tv_nsec %= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
  }
}

int main(int count, char **arguments) {
  char ignored[64];
  if (count != 5) {
    fprintf(stderr, "usage: sockets TIME_WAIT LIVE CLOSES_PER_SECOND LEAST_DESTINATIONS\n");
    return 2;
  }
  int closes_per_second = atoi(arguments[3]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  bring_loopback_up();
  fill_in_parallel(atoi(arguments[1]));
  keep_connections(atoi(arguments[2]));
  pid_t closer = closes_per_second > 0 ? start_child() : -1;
  if (closer == 0) close_steadily(closes_per_second, atoi(arguments[4]));
  printf("ready\n");
  fflush(stdout);
  while (read(STDIN_FILENO, ignored, sizeof ignored) > 0) continue;
  if (closer > 0) kill(closer, SIGKILL);
  return 0;
}
