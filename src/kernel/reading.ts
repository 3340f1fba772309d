import type { ConfiguredPort } from './configured-port.ts';
import type { Conntrack } from './conntrack.ts';
import type { TcpCounters } from './counters.ts';
import type { Place } from './place.ts';
import type { SocketTable } from './socket-table.ts';
import type { SysctlValues } from './sysctl.ts';

/** How the sockets were read. */
export type SourceName = 'netlink' | 'procfs' | 'replay';

/** All that one look at the kernel gave, before anything is concluded from it. */
export interface KernelReading {
  /** Unix time in ms when the reading began. */
  readonly takenAtMs: number;
  /** Whose sockets they are. */
  readonly place: Place;
  readonly hostname: string;
  /** `uname -r`. */
  readonly kernelRelease: string;
  readonly source: SourceName;
  /** Valid until the next reading: the table is reused. */
  readonly sockets: SocketTable;
  /** Names of network devices by number, safe to print; absent where no socket is bound to any. */
  readonly deviceNames?: ReadonlyMap<number, string> | undefined;
  /** Sockets that cannot matter and were not asked for: accepted ones on listeners' ports outside the range. */
  readonly leftOut: number;
  /** Which sockets could not be read, and may well matter: "IPv4 sockets"; undefined: all could. */
  readonly unreadSockets?: string | undefined;
  readonly sysctls: SysctlValues;
  /** Why the sysctls are none of these sockets' own, in a sentence, safe to print; undefined: they are. */
  readonly sysctlsElsewhere?: string | undefined;
  readonly counters: TcpCounters;
  /** Undefined: the kernel tracks no connections here, or does not tell. */
  readonly conntrack?: Conntrack | undefined;
  /** Ports of services that are enabled here, as of the start; undefined: it is not told. */
  readonly configuredPorts?: readonly ConfiguredPort[] | undefined;
  /** What could not be read, a sentence each, safe to print. */
  readonly warnings: readonly string[];
}
