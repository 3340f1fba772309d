/** Plays a traffic pattern on a simulated machine, with the program looking on as its live view does. */
import { verdictOf } from '../../src/format/verdict.ts';
import type { GroupModel } from '../../src/model/group-model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import type { Model } from '../../src/model/model.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { SEVERITY_LIMITS } from '../../src/model/severity.ts';
import { connections, sampleOfSockets, SMALL_RANGE } from '../helpers/sockets.ts';
import { onTheMean } from './clients.ts';
import { type Batch, type Client, PortGroup, TICKS_PER_SECOND, WHEEL_SECONDS } from './machine.ts';
import { type Pattern, randomOf } from './patterns.ts';

/** The program looks at every fifth tick: 250 ms. */
const LOOK_TICKS = 5;
/** The demand that is remembered to tell what could have been foretold, in seconds. */
const LAST_MINUTE = 60;
/** Means are taken over at least so many seconds, as the program's are. */
const SHORTEST_MEAN = 10;
/** So far back a group can be set to tell what could have been foretold then. */
const KEPT_SECONDS = 31;
/** The kernel's timers tell its HZ only where there are enough different ones (model/timer-wheel.ts). */
const TELLING_TIME_WAIT = 32;

/** What was said of one group at one look. */
export interface Said {
  readonly atSeconds: number;
  readonly etaSeconds: number | null;
  readonly growthPerSecond: number | undefined;
  readonly isRed: boolean;
  /** It is red because of the time, not because hardly any port is left. */
  readonly isRedByTime: boolean;
  /** The time by which the verdict says that it runs out; undefined: the verdict says no such thing of it. */
  readonly verdictSeconds: number | undefined;
  /** Less than none is left, or a connection was refused since the last look. */
  readonly isOut: boolean;
}

/** What became of one group. */
export interface Course {
  /** One for each look. */
  readonly said: readonly Said[];
  /** Moments at which no port was free, or a connect() was refused, in seconds, one a tick. */
  readonly outAt: readonly number[];
  /** Of them, those after a minute without any. */
  readonly exhaustions: readonly Exhaustion[];
  /** Moments of the first red looks of a row, that the demand of then would not have come true. */
  readonly unfoundedReds: ReadonlySet<number>;
  readonly activeOpens: number;
  readonly refusals: number;
}

export interface Exhaustion {
  readonly atSeconds: number;
  /** The mean demand of the minute before the last 30 s would have used up the ports within a minute. */
  readonly couldBeForetold: boolean;
}

/** A group, its client, and what is written down of it. */
class Watched {
  readonly ports: PortGroup;
  readonly #client: Client;
  readonly #changes: readonly number[];
  readonly #demand: (readonly Batch[])[] = [];
  readonly #twins: { readonly ports: PortGroup; readonly demandTicks: number }[] = [];
  readonly said: Said[] = [];
  readonly outAt: number[] = [];
  readonly exhaustions: Exhaustion[] = [];
  readonly unfoundedReds = new Set<number>();

  constructor(ports: PortGroup, client: Client, changes: readonly number[]) {
    this.ports = ports;
    this.#client = client;
    this.#changes = changes;
  }

  step(tick: number): void {
    const before = this.ports.refusals;
    const wanted = this.#client(tick / TICKS_PER_SECOND, (tick + 1) / TICKS_PER_SECOND);
    this.#demand.push(wanted);
    this.ports.step(wanted);
    if (tick % TICKS_PER_SECOND === 0) this.#keepTwin();
    if (this.ports.refusals > before || this.ports.free <= 0)
      this.#ranOut((tick + 0.5) / TICKS_PER_SECOND);
  }

  say(said: Said): void {
    const isFirst = said.isRedByTime && this.said.at(-1)?.isRedByTime !== true;
    const within = lastSeconds(said.etaSeconds ?? 0);
    if (isFirst && !this.#isFounded(within)) this.unfoundedReds.add(said.atSeconds);
    this.said.push(said);
  }

  course(): Course {
    const { said, outAt, exhaustions, unfoundedReds } = this;
    const { activeOpens, refusals } = this.ports;
    return { said, outAt, exhaustions, unfoundedReds, activeOpens, refusals };
  }

  /** True where the demand would use up the ports in that time, if it went on as in the last minute or since it changed. */
  #isFounded(withinSeconds: number): boolean {
    const ticks = this.#demand.length;
    const since =
      TICKS_PER_SECOND *
      Math.max(0, ...this.#changes.filter((at) => at * TICKS_PER_SECOND < ticks));
    return (
      this.#wouldRunOut(this.ports, ticks, withinSeconds) ||
      this.#goesOnToTheEnd(this.ports, this.#demand.slice(since), 0, withinSeconds)
    );
  }

  #keepTwin(): void {
    this.#twins.push({ ports: this.ports.twin(), demandTicks: this.#demand.length });
    if (this.#twins.length > KEPT_SECONDS) this.#twins.shift();
  }

  #ranOut(atSeconds: number): void {
    const last = this.outAt.at(-1) ?? -Infinity;
    this.outAt.push(atSeconds);
    if (atSeconds - last < LAST_MINUTE) return;
    const [twin] = this.#twins;
    const couldBeForetold =
      atSeconds > 30 && twin !== undefined && this.#wouldRunOut(twin.ports, twin.demandTicks, 60);
    this.exhaustions.push({ atSeconds, couldBeForetold });
  }

  /** True where the mean demand of the minute before would use up the ports within so many seconds. */
  #wouldRunOut(from: PortGroup, demandTicks: number, withinSeconds: number): boolean {
    const minute = this.#demand.slice(
      Math.max(0, demandTicks - LAST_MINUTE * TICKS_PER_SECOND),
      demandTicks,
    );
    const first = minute.findIndex((wanted) => wanted.length > 0);
    if (first < 0) return false;
    return this.#goesOnToTheEnd(from, minute.slice(first), SHORTEST_MEAN, withinSeconds);
  }

  #goesOnToTheEnd(
    from: PortGroup,
    demand: readonly (readonly Batch[])[],
    shortestMean: number,
    withinSeconds: number,
  ): boolean {
    const seconds = Math.max(shortestMean, demand.length / TICKS_PER_SECOND);
    const [twin, client] = [from.twin(), onTheMean(demand, seconds)];
    for (let tick = 0; tick < withinSeconds * TICKS_PER_SECOND; tick++) {
      twin.step(client(0, 0));
      if (twin.refusals > 0) return true;
    }
    return false;
  }
}

/** A time that was foretold is wrong once it is over twice, and a moment of grace. */
export function lastSeconds(etaSeconds: number): number {
  return Math.max(2 * etaSeconds, etaSeconds + 4);
}

/** Plays a pattern in groups of so many ports; returns what became of each group, and was said of it. */
export function play(pattern: Pattern, ports: number, seed = 0): readonly Course[] {
  const random = randomOf(pattern, ports, seed);
  const reuse = pattern.reuse === true;
  const groups = pattern
    .clients(ports, random)
    .map((client) => new Watched(new PortGroup({ ports, reuse }), client, pattern.changes ?? []));
  const stream = new ModelStream();
  const sampleAt = sampler(ports, groups.length);
  for (let tick = 0; tick < pattern.seconds * TICKS_PER_SECOND; tick++) {
    for (const group of groups) group.step(tick);
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const atSeconds = (tick + 1) / TICKS_PER_SECOND;
    const model = stream.next(
      sampleAt(
        atSeconds,
        groups.map((group) => group.ports),
      ),
    );
    for (const [index, group] of groups.entries())
      group.say(saidOf(model, index, atSeconds, group));
  }
  return groups.map((group) => group.course());
}

const groupPort = (index: number) => 8000 + index;

/** A function that makes samples of groups as the kernel would show them: what is the same in all is made once. */
export function sampler(ports: number, count: number) {
  const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_port_range': `32768 ${32_767 + ports}` };
  const sockets = Array.from({ length: count }, (_, index) =>
    connections(1, { remotePort: groupPort(index) }, 32_768),
  );
  const template = sampleOfSockets(sockets.flat(), { sysctls });
  const byPort = new Map(template.groups.map((group) => [group.remotePort, group]));
  return (atSeconds: number, groups: readonly PortGroup[]): Sample => {
    const looks = groups.flatMap((group, index) => {
      const [likeIt, look] = [byPort.get(groupPort(index)), group.look()];
      const isThere = look.used + look.reusable > 0;
      return likeIt === undefined || !isThere ? [] : [{ ...likeIt, ...look }];
    });
    const timeWait = looks.reduce((sum, look) => sum + look.timeWaitUsed + look.reusable, 0);
    return {
      ...template,
      takenAtMs: 1000 * atSeconds,
      counters: {
        activeOpens: groups.reduce((sum, { activeOpens }) => sum + activeOpens, 0),
        timeWaitReused: groups.reduce((sum, { takenOver }) => sum + takenOver, 0),
      },
      groups: looks.toSorted((a, b) => a.headroomPercent - b.headroomPercent),
      timerStepSeconds: timeWait >= TELLING_TIME_WAIT ? WHEEL_SECONDS : undefined,
    };
  };
}

function saidOf(model: Model, index: number, atSeconds: number, { outAt }: Watched): Said {
  const group = model.groups.find(({ remotePort }) => remotePort === groupPort(index));
  const lately = LOOK_TICKS / TICKS_PER_SECOND;
  const isOut = (outAt.at(-1) ?? -Infinity) >= atSeconds - lately || (group?.free ?? 1) <= 0;
  return {
    atSeconds,
    etaSeconds: group?.etaSeconds ?? null,
    growthPerSecond: group?.growthPerSecond,
    isRed: group?.severity === 'critical',
    isRedByTime: group !== undefined && !isOut && isRedByTime(group),
    verdictSeconds: verdictSeconds(model, group),
    isOut,
  };
}

function isRedByTime({ severity, headroomPercent }: GroupModel): boolean {
  return severity === 'critical' && 100 - headroomPercent < SEVERITY_LIMITS.critical.usedPercent;
}

function verdictSeconds(model: Model, group: GroupModel | undefined): number | undefined {
  const { label, statement } = verdictOf(model);
  if (group === undefined || label !== group.label || !statement.startsWith('runs out'))
    return undefined;
  return group.etaSeconds ?? undefined;
}
