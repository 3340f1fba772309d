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

/** One look at the kernel, grouped: small, plain data, whatever the number of sockets. */
export interface Sample {
  /** Unix time in ms. */
  readonly takenAtMs: number;
  /** Whose sockets they are. */
  readonly place: Place;
  readonly host: { readonly hostname: string; readonly kernel: string };
  readonly sampling: {
    readonly source: SourceName;
    /** How the sockets were read when a replayed sample was taken; absent for one that is not replayed. */
    readonly replayOf?: SourceName;
    /** Reading the kernel and grouping, by whoever took the sample. */
    readonly durationMs: number;
    /** Rows the kernel gave. */
    readonly sockets: number;
    /** Accepted sockets on listeners' ports outside the range, which were not asked for; by the kernel's own count. */
    readonly leftOut: number;
    /** Processes that may own sockets, but whose files must not be read, as far as they were looked for. */
    readonly ownersUnseen: number;
    /** Why no process of other users is to be seen at all, in a sentence, safe to print; absent where they are. */
    readonly ownersHidden?: string;
    /** Present where the sockets of a whole address family could not be read; the warnings say which. */
    readonly isPartial?: boolean;
    /** A sentence each, safe to print. */
    readonly warnings: readonly string[];
    /** Why the sockets are not read by the better source, in a sentence; absent where they are. */
    readonly fallback?: string;
    /** Why refused connect() calls cannot be seen, in a sentence; absent where they can. */
    readonly refusalsUnseen?: string;
    /** How often samples are taken, and at what cost; absent for a single one. */
    readonly pacing?: {
      readonly intervalMs: number;
      /** Share of one core that the whole process uses, 0–1 and more; undefined: not known yet. */
      readonly cpuShare: number | undefined;
    };
  };
  readonly portSpace: PortSpace;
  readonly sysctls: SysctlValues;
  readonly counters: TcpCounters;
  /** How long TIME_WAIT lasts here, in whole seconds; 60 on mainline kernels. */
  readonly timeWaitSeconds: number;
  /**
   * Every TCP socket read. Where sockets were left out, TIME_WAIT and ESTABLISHED are by the kernel's own
   * count, and the latter has the CLOSE_WAIT of those.
   */
  readonly byState: StateCounts;
  /** Fullest first. */
  readonly groups: readonly TupleGroup[];
  /** Smaller groups that are not among them. */
  readonly remainder: Remainder;
  /** Ports that bind() before connect() seems to hold, all groups; `portSpace.held` has them too. */
  readonly inferredHeld: number;
  /** Ports that somebody listens on, ascending, inside the range or not. */
  readonly listeningPorts: readonly number[];
  /** Ports of services that are enabled here, listening now or not; undefined: it is not told. */
  readonly configuredPorts?: readonly ConfiguredPort[] | undefined;
  /** Ports that a bind() owns for sure (listeners, and others), ascending, inside the range or not. */
  readonly heldPorts: readonly number[];
  /** Ports usable for connect() if the range were the widest sensible one, `inferredHeld` not taken off. */
  readonly fullRangeUsable: number;
  /** How often the timer wheel lets TIME_WAIT sockets go, in seconds; absent: it is not told. */
  readonly timerStepSeconds?: number | undefined;
  readonly limits: OtherLimits;
}

/** What else can run out, as far as it is told. */
export interface OtherLimits {
  /** Undefined: the kernel tracks no connections here, or does not tell. */
  readonly conntrack?: Conntrack | undefined;
  /** Of the groups' owners, as of the last search for them. */
  readonly openFiles: readonly OwnerFiles[];
}

/** How many files a process has open, and may have. */
export interface OwnerFiles extends OpenFiles {
  readonly pid: number;
  /** Its name, safe to print; may be empty. */
  readonly command: string;
}
