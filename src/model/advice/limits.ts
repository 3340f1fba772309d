import { printable } from '../../kernel/foreign-text.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import { groupDigits } from '../group-digits.ts';
import type { OwnerFiles } from '../sample/sample.ts';
import type { Severity } from '../severity.ts';
import { type Rule, type Setting, sysctlCommands } from './advice.ts';

/** Shares of a limit at which it is near, and almost reached. */
const NEAR_SHARE = 0.8;
const REACHED_SHARE = 0.95;

/** Default of fs.nr_open, the highest limit a process can have (fs/file.c). */
const MOST_OPEN_FILES = 1_048_576;
const FEWEST_OPEN_FILES = 65_536;
/** These sysctls are ints in the kernel. */
const LARGEST_INT = 2_147_483_647;

/** Warns when the table of TIME_WAIT sockets is full or nearly so: further closes then skip TIME_WAIT. */
export const timeWaitBuckets: Rule = {
  id: 'tw-buckets',
  sysctls: ['net.ipv4.tcp_max_tw_buckets'],
  suggest({ sample }) {
    const buckets = sysctlNumber(sample.sysctls, 'net.ipv4.tcp_max_tw_buckets');
    const { timeWaitNow = sample.byState.TIME_WAIT ?? 0, timeWaitOverflow = 0 } = sample.counters;
    if (buckets === undefined) return undefined;
    const isNear = timeWaitNow >= NEAR_SHARE * buckets && timeWaitNow > 0;
    if (!isNear && timeWaitOverflow === 0) return undefined;
    const more = Math.min(LARGEST_INT, Math.max(FEWEST_BUCKETS, 2 * buckets, 2 * timeWaitNow));
    const settings: Setting[] = more > buckets ? [['net.ipv4.tcp_max_tw_buckets', more]] : [];
    return {
      title: `Make room for more TIME_WAIT sockets than ${groupDigits(buckets)} (tcp_max_tw_buckets)`,
      why:
        `There are ${groupDigits(timeWaitNow)} now, and ${groupDigits(timeWaitOverflow)} closes have skipped TIME_WAIT since boot because the limit was reached. ` +
        'A late segment of such a connection can end up in the next one on the same ports.',
      ...sysctlCommands(settings),
      caution: `It frees no ports for connect(): sockets that skipped TIME_WAIT will now hold theirs for ${sample.timeWaitSeconds} s. Each takes about 250 bytes of kernel memory. Lowering the limit does not cure exhaustion.`,
      severity: timeWaitNow >= REACHED_SHARE * buckets ? 'warning' : 'info',
      risk: 1,
    };
  },
};

const FEWEST_BUCKETS = 65_536;

/** Warns when the conntrack table is full or nearly so: new connections are then dropped, whatever their ports. */
export const conntrackTable: Rule = {
  id: 'conntrack-table',
  suggest({ sample }) {
    const { conntrack } = sample.limits;
    if (conntrack === undefined || conntrack.maxEntries === 0) return undefined;
    const { entries, maxEntries, timeWaitSeconds = 0 } = conntrack;
    const severity = severityAt(entries / maxEntries);
    if (severity === undefined) return undefined;
    const isLong = timeWaitSeconds > sample.timeWaitSeconds;
    const settings: Setting[] = [];
    if (maxEntries < LARGEST_INT)
      settings.push(['net.netfilter.nf_conntrack_max', Math.min(LARGEST_INT, 2 * maxEntries)]);
    if (isLong)
      settings.push(['net.netfilter.nf_conntrack_tcp_timeout_time_wait', sample.timeWaitSeconds]);
    return {
      title: `Make room for more tracked connections than ${groupDigits(maxEntries)} (nf_conntrack_max)`,
      why:
        `The firewall's table has ${groupDigits(entries)} of ${groupDigits(maxEntries)} entries. When it is full, packets of new connections are dropped, ` +
        'in and out: connect() hangs although ports are free.' +
        (isLong
          ? ` It keeps a closed connection for ${timeWaitSeconds} s; the kernel's TIME_WAIT lasts only ${sample.timeWaitSeconds} s.`
          : ''),
      ...sysctlCommands(settings),
      caution:
        'Each entry takes about 320 bytes of kernel memory. For a container, set it on the host. At boot, it can be set only after the module nf_conntrack is loaded.',
      severity,
      risk: 1,
    };
  },
};

/** Warns about a process that will run out of file descriptors before it runs out of ports. */
export const fileDescriptors: Rule = {
  id: 'file-descriptors',
  suggest({ sample }) {
    const share = ({ open, limit }: OwnerFiles) => (limit > 0 ? open / limit : 0);
    const [owner] = sample.limits.openFiles.toSorted((a, b) => share(b) - share(a));
    if (owner === undefined) return undefined;
    const severity = severityAt(share(owner));
    if (severity === undefined) return undefined;
    const { pid, open, limit, hardLimit } = owner;
    const more = Math.min(MOST_OPEN_FILES, Math.max(FEWEST_OPEN_FILES, 2 * limit));
    const hard = Math.max(more, hardLimit);
    const isHigher = more > limit;
    const name = owner.command === '' ? `pid ${pid}` : `${printable(owner.command)} (pid ${pid})`;
    return {
      title: `Let ${name} open more than ${groupDigits(limit)} files`,
      why: `It has ${groupDigits(open)} of ${groupDigits(limit)} open, and every connection needs one: accept() and socket() will fail with EMFILE before the ports run out.`,
      commands: isHigher
        ? [`prlimit --pid ${pid} --nofile=${more}:${Number.isFinite(hard) ? hard : 'unlimited'}`]
        : [],
      ...(isHigher
        ? { persist: `LimitNOFILE=${more} in the [Service] section of its systemd unit` }
        : {}),
      caution: isHigher
        ? 'Some programs read their limit only at startup (HAProxy derives maxconn from it, nginx has worker_rlimit_nofile): restart those.'
        : 'The limit is as high as fs.nr_open allows: spread the connections over more processes.',
      severity,
      risk: 1,
    };
  },
};

function severityAt(share: number): Severity | undefined {
  if (share >= REACHED_SHARE) return 'critical';
  return share >= NEAR_SHARE ? 'warning' : undefined;
}
