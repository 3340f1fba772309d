/*
 * How a floor program is asked: for each line that comes in, one reading is timed, and the milliseconds
 * go out as a line. It ends with its standard input.
 */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* A floor that failed would look very fast. */
static void fail(const char *call) {
  perror(call);
  exit(1);
}

static int answer_requests(void (*read_once)(void)) {
  char line[32];
  while (fgets(line, sizeof line, stdin) != NULL) {
    double started_ms = now_ms();
    read_once();
    printf("%.4f\n", now_ms() - started_ms);
    fflush(stdout);
  }
  return 0;
}

#endif
