import type { ForeignText } from '../../kernel/foreign-text.ts';
import type { ConfiguredPort } from '../../kernel/configured-port.ts';
import type { Conntrack } from '../../kernel/conntrack.ts';
import type { TcpCounters } from '../../kernel/counters.ts';
import type { Place } from '../../kernel/place.ts';
import type { SourceName } from '../../kernel/reading.ts';
import type { OpenFiles } from '../../kernel/socket-owners.ts';
import type { SysctlValues } from '../../kernel/sysctl.ts';
import type { StateCounts } from '../../kernel/tcp-state.ts';
import type { PortSpace } from './port-space.ts';
import type { Remainder } from './remainder.ts';
import type { TupleGroup } from './tuple-group.ts';

/** One reading of the kernel, grouped. Small, plain data, however many sockets there are. */
export interface Sample {
  /** Unix time in ms. */
  readonly takenAtMs: number;
  /** Where the sockets were read: this machine, a namespace or another host. */
  readonly place: Place;
  readonly host: { readonly hostname: ForeignText; readonly kernel: ForeignText };
  readonly sampling: {
    readonly source: SourceName;
    /** Source that originally read a replayed sample; absent on a live one. */
    readonly replayOf?: SourceName;
    /** Time taken to read the kernel and group, where the sample was taken. */
    readonly durationMs: number;
    /** Rows returned by the kernel. */
    readonly sockets: number;
    /** Accepted sockets on listening ports outside the range. They are not read, only counted by the kernel. */
    readonly leftOut: number;
    /** Processes that may own sockets but whose files we may not read, among those searched. */
    readonly ownersUnseen: number;
    /** Why other users' processes are invisible: a sentence, safe to print. Absent if they are visible. */
    readonly ownersHidden?: string;
    /** True if some sockets, or all of an address family, could not be read; the warnings say which. */
    readonly isPartial?: boolean;
    /** One sentence each, safe to print. */
    readonly warnings: readonly string[];
    /** Why the better source is not used, in a sentence; absent if it is. */
    readonly fallback?: string;
    /** Why refused connect() calls cannot be seen, in a sentence; absent if they can. */
    readonly refusalsUnseen?: string;
    /** How often samples are taken, and at what cost; absent for a single sample. */
    readonly pacing?: {
      readonly intervalMs: number;
      /** Share of one core used by the whole process; may exceed 1. Undefined: not known yet. */
      readonly cpuShare: number | undefined;
      /** Age of the sample when it came, in ms, where it came from elsewhere; absent: it was taken here. */
      readonly lagMs?: number | undefined;
    };
  };
  readonly portSpace: PortSpace;
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
  /** How long TIME_WAIT lasts here, in whole seconds; 60 on mainline kernels. */
  readonly timeWaitSeconds: number;
  /**
   * Every TCP socket read. If sockets were left out, TIME_WAIT and ESTABLISHED are the kernel's own counts;
   * ESTABLISHED then includes the CLOSE_WAIT of the sockets left out.
   */
  readonly byState: StateCounts;
  /** Fullest first. */
  readonly groups: readonly TupleGroup[];
  /** The smaller groups, not listed in `groups`. */
  readonly remainder: Remainder;
  /** Ports apparently held by bind() before connect(), all groups; `portSpace.held` includes them. */
  readonly inferredHeld: number;
  /** Listening ports, ascending, inside the range or not. */
  readonly listeningPorts: readonly number[];
  /** Ports of services enabled here, listening now or not; undefined: not known. */
  readonly configuredPorts?: readonly ConfiguredPort[] | undefined;
  /** Ports certainly owned by a bind() (listeners and others), ascending, inside the range or not. */
  readonly heldPorts: readonly number[];
  /** Reserved ports of the range that outgoing connections have, ascending; undefined: none, or not known. */
  readonly reservedInUse?: readonly number[] | undefined;
  /** Ports usable for connect() with the widest sensible range, before subtracting `inferredHeld`. */
  readonly fullRangeUsable: number;
  /** Interval at which the timer wheel releases TIME_WAIT sockets, in seconds; absent: not known. */
  readonly timerStepSeconds?: number | undefined;
  readonly limits: OtherLimits;
}

/** Other limits that can be reached, where they can be read. */
export interface OtherLimits {
  /** Undefined: the kernel does not track connections here, or the counts cannot be read. */
  readonly conntrack?: Conntrack | undefined;
  /** Open files of the groups' owners, as of the last owner search. */
  readonly openFiles: readonly OwnerFiles[];
}

/** How many files a process has open, and its limit. */
export interface OwnerFiles extends OpenFiles {
  readonly pid: number;
  /** Its name; may be empty. */
  readonly command: ForeignText;
}
