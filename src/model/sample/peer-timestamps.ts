import type { SocketTable } from '../../kernel/socket-table.ts';
import { CLOSE_WAIT, ESTABLISHED } from '../../kernel/tcp-state.ts';
import type { Classified } from './classify.ts';
import type { TupleText } from './refusal-memory.ts';
import { reuseRule } from './time-wait.ts';
import { LIVE, rowOf, sizeOf, type TupleRows } from './tuple-rows.ts';

/** What the live connections to a peer say of TCP timestamps. */
export interface PeerTimestamps {
  /** How many connections were asked about. */
  readonly asked: number;
  /** Those of them that have timestamps. */
  readonly having: number;
}

/** A few connections of a peer, the newest answers last. */
interface Peer {
  readonly answers: readonly boolean[];
  readonly askedAtMs: number;
}

/** Smaller groups cannot be short of ports. */
const FEWEST_CONNECTIONS = 30;
/** So many answers decide; an older one makes way. Behind one address may be machines with and without timestamps. */
const MOST_ANSWERS = 16;
/** A group's connections at the first look and later, and all groups' in one look. */
const FIRST_TIME = 16;
const LATER = 2;
const PER_LOOK = 64;
/** A peer is asked about until there are answers enough, and then now and then: its settings may change. */
const OFTEN_MS = 1000;
const SELDOM_MS = 20_000;
/** So many peers are remembered. */
const MOST_PEERS = 1000;

/**
 * Remembers of which peers' connections have TCP timestamps. TIME_WAIT without them is never taken over
 * (tcp_twsk_unique in net/ipv4/tcp_ipv4.c), and only a live connection tells: tcpi_options of its tcp_info.
 */
export class TimestampMemory {
  #peers: ReadonlyMap<string, Peer> = new Map();
  /** All answers of an address. */
  #byAddress: ReadonlyMap<string, readonly boolean[]> = new Map();
  #turn = 0;
  #canAsk = true;

  /** The rows to ask about now. */
  rowsToAsk({ reading: { sockets, sysctls, takenAtMs }, outgoing }: Classified): number[] {
    // Where timestamps are off here nothing is taken over anyway.
    if (!this.#canAsk || !reuseRule(sysctls).timestamps) return [];
    const rows: number[] = [];
    const turn = this.#turn++;
    for (let tuple = 0; tuple < outgoing.count && rows.length < PER_LOOK; tuple++) {
      // Each look begins elsewhere, so that none of many groups has to wait for ever.
      const group = (tuple + turn) % outgoing.count;
      if (sizeOf(outgoing, group) < FEWEST_CONNECTIONS) continue;
      const wanted = this.#wanted(peerOf(sockets, rowOf(outgoing, group)), takenAtMs);
      if (wanted > 0) rows.push(...someLive(sockets, outgoing, group, { wanted, turn }));
    }
    return rows;
  }

  /**
   * Takes what was answered about rows, none of them included; an answer that is undefined: nothing is known of that one.
   * No answers at all: the source tells none, and is asked about no row until it answers again.
   */
  learn(
    { sockets, takenAtMs }: Classified['reading'],
    rows: readonly number[],
    answers: readonly (boolean | undefined)[] | undefined,
  ): void {
    this.#canAsk = answers !== undefined;
    if (answers === undefined || answers.length === 0) return;
    const peers = new Map(this.#peers);
    for (const [index, row] of rows.entries()) {
      const answer = answers[index];
      const key = peerOf(sockets, row);
      const before = peers.get(key)?.answers ?? [];
      // The most recently asked are last.
      peers.delete(key);
      const all = answer === undefined ? before : [...before, answer].slice(-MOST_ANSWERS);
      peers.set(key, { answers: all, askedAtMs: takenAtMs });
    }
    this.#peers = new Map([...peers].slice(-MOST_PEERS));
    const byAddress = Map.groupBy(this.#peers, ([key]) => key.slice(0, key.indexOf(' ')));
    this.#byAddress = new Map(
      [...byAddress].map(([address, known]) => [
        address,
        known.flatMap(([, peer]) => peer.answers),
      ]),
    );
  }

  /** What is known of a peer; undefined: nothing. */
  of({ remoteAddress, remotePort }: Peered): PeerTimestamps | undefined {
    const answers = this.#peers.get(peerKey(remoteAddress, remotePort))?.answers ?? [];
    return answers.length === 0 ? undefined : counted(answers);
  }

  /**
   * What is known of all services of a peer's address; undefined: nothing. Behind one address may be several machines, so
   * that this is a hint, no proof.
   */
  ofAddress({ remoteAddress }: Pick<Peered, 'remoteAddress'>): PeerTimestamps | undefined {
    const answers = this.#byAddress.get(remoteAddress) ?? [];
    return answers.length === 0 ? undefined : counted(answers);
  }

  /** How many of a peer's connections to ask about. */
  #wanted(key: string, nowMs: number): number {
    const peer = this.#peers.get(key);
    if (peer === undefined) return FIRST_TIME;
    const pauseMs = peer.answers.length < MOST_ANSWERS ? OFTEN_MS : SELDOM_MS;
    const isDue = nowMs < peer.askedAtMs || nowMs - peer.askedAtMs >= pauseMs;
    return isDue ? LATER : 0;
  }
}

/** A service of a peer: behind one address there may be several machines. */
function peerOf(sockets: SocketTable, row: number): string {
  const family = sockets.familyOf(row);
  const address = sockets.addressText(family, sockets.remoteAddressOf(row));
  return peerKey(address, sockets.remotePortOf(row));
}

/** A peer as text. */
type Peered = Pick<TupleText, 'remoteAddress' | 'remotePort'>;

const peerKey = (address: string, port: number) => `${address} ${port}`;

const counted = (answers: readonly boolean[]): PeerTimestamps => ({
  asked: answers.length,
  having: answers.filter(Boolean).length,
});

/** Some rows whose two ends have agreed on what they use, evenly spread, and others at each turn. */
function someLive(
  sockets: SocketTable,
  { starts, rows, timeWaitLeftMs }: TupleRows,
  tuple: number,
  { wanted, turn }: { wanted: number; turn: number },
): number[] {
  const live: number[] = [];
  const end = starts[tuple + 1] ?? 0;
  for (let at = starts[tuple] ?? 0; at < end; at++) {
    if (timeWaitLeftMs[at] !== LIVE) continue;
    const row = rows[at] ?? 0;
    const state = sockets.state[row];
    if (state === ESTABLISHED || state === CLOSE_WAIT) live.push(row);
  }
  const count = Math.min(wanted, live.length);
  return Array.from({ length: count }, (_, index) => {
    const at = (turn + Math.floor((index * live.length) / count)) % live.length;
    return live[at] ?? 0;
  });
}
