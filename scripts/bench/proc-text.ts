/** What a process has used so far, by /proc/PID/stat. */
export interface CpuTicks {
  /** User and system time of all its threads, in ticks of USER_HZ. */
  readonly own: number;
  /** The same of its children that have ended and were waited for, and of theirs. */
  readonly children: number;
}

/**
 * Reads /proc/PID/stat (proc_pid_stat(5)): fields are counted behind the command's name, which stands in
 * parentheses and may hold anything. Throws an Error that quotes what it could not read.
 */
export function parseCpuTicks(stat: string): CpuTicks {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // state is the first of these, and field 3 of the line; utime is field 14.
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
  const ticks = {
    own: (user ?? Number.NaN) + (system ?? Number.NaN),
    children: (childrenUser ?? Number.NaN) + (childrenSystem ?? Number.NaN),
  };
  if (Number.isNaN(ticks.own + ticks.children)) throw new Error(`no times in "${stat.trim()}"`);
  return ticks;
}

/**
 * Bytes of a field that is given in kB, such as `VmRSS` of /proc/PID/status or `MemAvailable` of
 * /proc/meminfo. Throws an Error where there is no such field.
 */
export function parseKilobyteField(text: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  if (match === null) throw new Error(`no ${name} in "${text.slice(0, 200)}"`);
  return Number(match[1]) * 1024;
}

/** Time-wait sockets of the network namespace, from /proc/net/sockstat. */
export function parseTimeWaitCount(sockstat: string): number {
  const match = /^TCP:.* tw (\d+)/m.exec(sockstat);
  if (match === null) throw new Error(`no time-wait count in "${sockstat.slice(0, 200)}"`);
  return Number(match[1]);
}
