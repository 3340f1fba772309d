import type { SnapshotDocument } from './snapshot-document.ts';

/** One end of a TCP or UDP socket: an IPv4, IPv6 or IPv4-mapped address without brackets, and a port. */
export type Endpoint = { address: string; port: number };

/** A connection whose both ends the agent holds: its id there, and the client's local port. */
export type Connection = { id: number; localPort: number };

/** Why a series of connects ended early: the failing call and the kernel's errno. */
export type Stop = {
  call: 'bind' | 'connect';
  /** Symbolic errno, such as `EADDRNOTAVAIL`. */
  code: string;
  /**
   * True only when the ephemeral ports ran out: connect() said `EADDRNOTAVAIL`, and the same
   * connect from an explicit port outside the range went through.
   */
  exhausted: boolean;
};

/** How to connect. The destination needs a `listen` of the same port before. */
export type ConnectOptions = {
  destination: Endpoint;
  /** Connections to open; as many as the kernel gives when absent. */
  count?: number;
  /** `bind()` to this before `connect()`; port 0 lets the kernel pick at bind time. */
  bindTo?: Endpoint;
  /** One connection from each of these ports of `bindTo`'s address; those that the kernel refuses are left out. */
  ports?: number[];
  /** Sets `IP_BIND_ADDRESS_NO_PORT` before that bind. */
  bindAddressNoPort?: boolean;
  /** Sets `SO_REUSEADDR` before that bind. */
  reuseAddress?: boolean;
  /** Sets `SO_BINDTODEVICE` before connect(). */
  device?: string;
  /** Does not wait for the handshake, nor for anybody to listen: the connections stay in SYN_SENT. */
  pending?: boolean;
  /** Sets `IP_LOCAL_PORT_RANGE`. */
  portRange?: { low: number; high: number };
};

/** What was opened; `stop` is null when every asked-for connection was. */
export type ConnectResult = { connections: Connection[]; stop: Stop | null };

/**
 * Which end closes, and first: `client-only` leaves the client in FIN_WAIT2 and the server in
 * CLOSE_WAIT, `server-only` the other way round, `reset` leaves nothing behind. `client-gone` takes the
 * client's end out of the namespace without a word, as if it were on another machine. `unanswered` closes the
 * client's, and does not wait for the answer to its FIN.
 */
export type CloseOrder =
  | 'client-first'
  | 'server-first'
  | 'client-only'
  | 'server-only'
  | 'reset'
  | 'client-gone'
  | 'unanswered';

/** A socket that the kernel keeps as a time-wait one, and the milliseconds it has left. */
export type TimeWaitSocket = { state: 'TIME_WAIT' | 'FIN_WAIT2'; leftMs: number };

/** Where ephtop reads the sockets from. */
export type SourceName = 'netlink' | 'procfs';

/** What a client of its own does: connections in the order of the moments at which they are due. */
export type ClientPlan = {
  destination: Endpoint;
  /** `dueMs` counts from the client's start; one that is not kept is closed at once, by the client first. */
  connections: { dueMs: number; kept: boolean }[];
  /** The client ends then, if the kernel has not refused it a port before. */
  lastsMs: number;
};

/** What became of a plan, in ms of CLOCK_MONOTONIC. */
export type ClientRun = {
  startedMs: number;
  /** The first `EADDRNOTAVAIL`; null: there was none. */
  exhaustedMs: number | null;
};

/** What ephtop foretold of the client's group at one moment of CLOCK_MONOTONIC. */
export type Look = {
  atMs: number;
  /** Seconds from then, as the live view has it; null: never. */
  etaSeconds: number | null;
  /** The same from this one sample, without those before it. */
  etaSecondsAlone: number | null;
  free: number;
};

/** A client's run, and what was foretold meanwhile. */
export type WatchedRun = ClientRun & { looks: Look[] };

/** Everything the agent does inside the namespace: argument and answer of each operation. */
export type Operations = {
  setSysctl: { argument: { name: string; value: string }; answer: null };
  readSysctl: { argument: { name: string }; answer: string | null };
  addAddress: { argument: { address: string }; answer: null };
  setSource: { argument: { destination: string; source: string }; answer: null };
  listen: { argument: Endpoint; answer: number };
  bind: { argument: Endpoint & { protocol: 'tcp' | 'udp' }; answer: number };
  release: { argument: { id: number }; answer: null };
  connect: { argument: ConnectOptions; answer: ConnectResult };
  close: { argument: { ids: number[]; order: CloseOrder }; answer: null };
  timeWaits: { argument: null; answer: TimeWaitSocket[] };
  renew: { argument: null; answer: null };
  sample: { argument: { source: SourceName }; answer: SnapshotDocument };
  look: { argument: { source: SourceName }; answer: SnapshotDocument };
  forecasts: { argument: ClientPlan; answer: WatchedRun };
  run: { argument: { command: string; args: string[] }; answer: RunResult };
};

/** A command's outcome; `status` is null when a signal ended it. */
export type RunResult = { status: number | null; stdout: string; stderr: string };

/** Name of an operation. */
export type OperationName = keyof Operations;

/** One line to the agent. */
export type Request = {
  [Name in OperationName]: { operation: Name; argument: Operations[Name]['argument'] };
}[OperationName];

/** One line from the agent. */
export type Response = { ok: true; answer: unknown } | { ok: false; error: string };
