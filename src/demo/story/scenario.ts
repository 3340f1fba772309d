import type { PortRange } from '../../kernel/port-range.ts';
import type { Severity } from '../../model/severity.ts';

/** A rate at a time; between two points it changes evenly, and behind the last one it stays. */
export interface RatePoint {
  readonly atS: number;
  readonly perSecond: number;
}

/** A regular rise and fall of a rate. */
export interface Wave {
  readonly periodS: number;
  /** Share of the rate by which it rises and falls, 0–1. */
  readonly share: number;
}

/** How a proxy gets the source port of an upstream connection. */
export type Binding =
  /** connect() chooses it. */
  | 'connect'
  /** bind((source, 0)) chooses it before connect(). */
  | 'bind'
  /** The same with IP_BIND_ADDRESS_NO_PORT: bind() leaves the choice to connect(). */
  | 'bind-no-port';

/** What the proxy forwards to one upstream, and how. */
export interface Route {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly binding: Binding;
  /** True if connections are kept and used again; else each request has its own, which the proxy closes. */
  readonly keepAlive: boolean;
  /** True if the upstream closes a connection after its answer, so that no TIME_WAIT is left at the proxy. */
  readonly upstreamCloses: boolean;
  /** Share of the requests whose connection the proxy then forgets to close, 0–1. */
  readonly leaks: number;
  /** True if the upstream's segments with a FIN are lost on their way, as at a firewall that has forgotten the connection. */
  readonly losesFins: boolean;
  /** How long the upstream takes to answer, in ms. */
  readonly answersInMs: number;
  readonly rates: readonly RatePoint[];
  readonly wave?: Wave;
}

/** What is said to the audience. */
export interface Caption {
  /** Drawn large: at most `LONGEST_HEADLINE` characters. */
  readonly headline: string;
  /** One or two sentences; `<id>` stands for the key of that suggestion. */
  readonly text: string;
  readonly severity: Severity;
}

/** A caption that is shown from this second of the timeline on. */
export interface Cue extends Caption {
  readonly atS: number;
}

/** The words for the command line, in the order of the list. */
export const SCENARIO_IDS = [
  'no-keep-alive',
  'slow-leak',
  'burst',
  'bind',
  'silent-peer',
  'recovery',
  'rush-hour',
] as const;

/** A story that the demo plays. */
export interface Scenario {
  readonly id: (typeof SCENARIO_IDS)[number];
  readonly title: string;
  /** One sentence for the list. */
  readonly about: string;
  readonly range: PortRange;
  /** Length of the timeline; the last rates go on behind it. */
  readonly lengthS: number;
  readonly routes: readonly Route[];
  /** In order of time. */
  readonly cues: readonly Cue[];
  /** Instead of them, while requests fail or the verdict says that ports are out. */
  readonly whileFailing: Caption;
  /** Instead of that, where they still do after the load has ended. */
  readonly stillFailing?: Cue;
}

/** What fits on a screen of 80 columns in large letters. */
export const LONGEST_HEADLINE = 16;

/** The address of the proxy's machine; the kernel takes it as the source of all connections. */
export const PROXY = { address: '10.0.3.7', port: 443 } as const;

/** Where the clients come from. */
export const CLIENTS_ADDRESS = '10.0.1.44';

/** The ephemeral range of the demo: so small that ports run out while an audience watches. */
export const DEMO_RANGE: PortRange = { low: 32_768, high: 33_767 };
