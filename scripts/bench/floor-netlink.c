/* The floor of the netlink source: a sock_diag dump of IPv4 and IPv6, nothing parsed. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "stopwatch.h"

/* As ephtop's; the kernel puts at most 32 KiB into a message of a dump. */
static char buffer[64 * 1024] __attribute__((aligned(8)));
static int netlink;

/* With the older request, as ephtop does: the kernel does not look at its family, and one walk over the
 * hash table gives both (inet_diag_dump_compat in net/ipv4/inet_diag.c). */
static void request_dump(void) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req request;
  } message;
  memset(&message, 0, sizeof message);
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = TCPDIAG_GETSOCK;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.idiag_family = AF_INET;
  message.request.idiag_states = ~0u;
  if (send(netlink, &message, sizeof message, 0) < 0) fail("send");
}

/* The end of a dump is a message of its own, or the last one behind others (netlink_dump in
 * net/netlink/af_netlink.c); what lies between is not looked at. */
static int ends_dump(ssize_t length) {
  const struct nlmsghdr *first = (const void *)buffer;
  const ssize_t done_bytes = NLMSG_LENGTH(sizeof(int));
  const struct nlmsghdr *last = (const void *)(buffer + length - done_bytes);
  if (first->nlmsg_type == NLMSG_ERROR) {
    errno = -((const struct nlmsgerr *)NLMSG_DATA(first))->error;
    fail("sock_diag");
  }
  return first->nlmsg_type == NLMSG_DONE ||
         (length > done_bytes && last->nlmsg_type == NLMSG_DONE && last->nlmsg_len == done_bytes);
}

static void read_sockets(void) {
  request_dump();
  ssize_t length;
  do {
    length = recv(netlink, buffer, sizeof buffer, 0);
    if (length < 0) fail("recv");
  } while (!ends_dump(length));
}

int main(void) {
  const int receive_buffer_bytes = 1024 * 1024; /* as ephtop's */
  netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) fail("socket");
  if (setsockopt(netlink, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes) < 0)
    fail("setsockopt");
  return answer_requests(read_sockets);
}
