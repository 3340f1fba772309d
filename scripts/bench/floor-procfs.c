/* The floor of the procfs source: read(2) of /proc/net/tcp and tcp6 to their ends, nothing parsed. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "stopwatch.h"

/* As large as ephtop's; the kernel gives some 4 KiB a call whatever it is. */
static char buffer[64 * 1024];

static void read_file(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return; /* a kernel without IPv6 */
  if (file < 0) fail(path);
  ssize_t count;
  while ((count = read(file, buffer, sizeof buffer)) > 0) continue;
  if (count < 0) fail(path);
  close(file);
}

static void read_sockets(void) {
  read_file("/proc/net/tcp");
  read_file("/proc/net/tcp6");
}

int main(void) {
  return answer_requests(read_sockets);
}
