/** What the tests against the kernel read of a group in `ephtop snapshot --format json`. */
export type SnapshotGroup = {
  localAddress: string;
  remoteAddress: string;
  remotePort: number;
  family: 4 | 6;
  device: string | null;
  usable: number;
  used: number;
  free: number;
  freeAtLeast: number;
  uncertain: string | null;
  outsideRange: { count: number; low: number | null; high: number | null };
  severity: string;
  etaSeconds: number | null;
  /** null: refusals cannot be seen. */
  connectFailures: {
    perSecond: number;
    lastMinute: number;
    since: string | null;
    processes: { pid: number | null; command: string; refusals: number }[];
  } | null;
  demandPerSecond: number | null;
  demandIsLowerBound: boolean;
  /** null: not within the last quarter of an hour. */
  outOfPorts: { now: boolean; over: boolean; since: string; last: string } | null;
  reusable: number;
  headroomPercent: number;
  byState: Record<string, number>;
  /** Connections that entered TIME_WAIT, per second, mean of the last 10 s. */
  closeRate: number;
  /** TIME_WAIT sockets that expire in each of the next 60 seconds. */
  drainSchedule: number[];
  bindBeforeConnect: { suspected: boolean; ports: number };
  owners: { pid: number; command: string; sockets: number }[];
  unownedSockets: number;
  /** Not in the document: the ports that the map has as free for connect(), ascending; absent where its cells are of several ports. */
  freePorts?: number[];
};

/** What the tests against the kernel read of a suggestion. */
export type SnapshotAdvice = {
  id: string;
  title: string;
  /** To be run as they stand. */
  commands: string[];
  /** Of the named group, in percent. */
  effect: { group: string; headroomBefore: number; headroomAfter: number };
};

/** What the tests against the kernel read of the document itself. */
export type SnapshotDocument = {
  host: { hostname: string; kernel: string };
  takenAt: string;
  place: { kind: string; id: string; name: string };
  schema: string;
  sampling: {
    source: string;
    sockets: number;
    leftOut: number;
    warnings: string[];
    ownersUnseen: number;
    ownersHidden?: string;
    /** Why refusals cannot be seen; null: they can. */
    connectFailures: string | null;
    isPartial?: boolean;
  };
  portSpace: {
    low: number;
    high: number;
    size: number;
    reserved: number;
    held: number;
    usable: number;
    usableAtLeast: number;
  };
  sysctls: Record<string, string | null>;
  timeWaitSeconds: number;
  byState: Record<string, number>;
  groups: SnapshotGroup[];
  advice: SnapshotAdvice[];
};
