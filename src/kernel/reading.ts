import type { ForeignText } from './foreign-text.ts';
import type { ConfiguredPort } from './configured-port.ts';
import type { Conntrack } from './conntrack.ts';
import type { TcpCounters } from './counters.ts';
import type { Place } from './place.ts';
import type { SocketTable } from './socket-table.ts';
import type { SysctlValues } from './sysctl.ts';

/** How the sockets were read. */
export type SourceName = 'netlink' | 'procfs' | 'replay';

/** The raw result of reading the kernel once. */
export interface KernelReading {
  /** Unix time in ms when the sockets had been read. */
  readonly takenAtMs: number;
  /** Where the sockets were read. */
  readonly place: Place;
  readonly hostname: ForeignText;
  /** `uname -r`. */
  readonly kernelRelease: ForeignText;
  readonly source: SourceName;
  /** Valid until the next reading: the table is reused. */
  readonly sockets: SocketTable;
  /** Names of network devices by number; absent if no socket is bound to one. */
  readonly deviceNames?: ReadonlyMap<number, ForeignText> | undefined;
  /** Sockets not read because they cannot matter: accepted ones on listening ports outside the range. */
  readonly leftOut: number;
  /** Sockets that could not be read and may matter, e.g. "IPv4 sockets", "some IPv6 sockets"; undefined: none. */
  readonly unreadSockets?: string | undefined;
  readonly sysctls: SysctlValues;
  /** Why the sysctls are not those of these sockets' namespace: a sentence, safe to print. Undefined: they are. */
  readonly sysctlsElsewhere?: string | undefined;
  readonly counters: TcpCounters;
  /** Undefined: the kernel does not track connections here, or the counts cannot be read. */
  readonly conntrack?: Conntrack | undefined;
  /** Ports of services enabled here, as of the start; undefined: not known. */
  readonly configuredPorts?: readonly ConfiguredPort[] | undefined;
  /** What could not be read, one sentence each, safe to print. */
  readonly warnings: readonly string[];
}
