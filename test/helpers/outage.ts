/** A whole outage on a simulated machine, as the program sees it: models at looks a quarter of a second apart, and the truth. */
import { ModelStream } from '../../src/model/model-stream.ts';
import type { Model } from '../../src/model/model.ts';
import type { ConnectFailures } from '../../src/model/sample/refusal-memory.ts';
import { type Client, PortGroup, TICKS_PER_SECOND } from '../forecast-score/machine.ts';
import { sampler } from '../forecast-score/play.ts';

const LOOK_TICKS = 5;

export interface Outage {
  readonly ports: number;
  readonly seconds: number;
  readonly client: Client;
  /** The range becomes so many ports. */
  readonly fix?: { readonly atSeconds: number; readonly ports: number };
}

/** What was so at a look. */
export interface OutageLook {
  readonly atSeconds: number;
  readonly model: Model;
  /** connect() calls refused since the look before, and in all. */
  readonly refusedNow: number;
  readonly refused: number;
}

/** Plays an outage from the first connection to its end. */
export function playOutage({ ports, seconds, client, fix }: Outage): OutageLook[] {
  const options = { ports, reuse: false };
  const group = new PortGroup(options);
  let sampleAt = sampler(ports, 1);
  const stream = new ModelStream();
  const refusedAt: number[] = [];
  const looks: OutageLook[] = [];
  for (let tick = 0; tick < seconds * TICKS_PER_SECOND; tick++) {
    const atSeconds = (tick + 1) / TICKS_PER_SECOND;
    if (atSeconds === fix?.atSeconds) {
      options.ports = fix.ports;
      sampleAt = sampler(fix.ports, 1);
    }
    const before = group.refusals;
    group.step(client(tick / TICKS_PER_SECOND, atSeconds));
    for (let call = before; call < group.refusals; call++) refusedAt.push(atSeconds);
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const sample = sampleAt(atSeconds, [group]);
    const connectFailures = failuresBy(atSeconds, refusedAt);
    const groups = sample.groups.map((each) => ({
      ...each,
      freeAtLeast: each.free,
      connectFailures,
    }));
    const model = stream.next({ ...sample, groups });
    const refusedNow = group.refusals - (looks.at(-1)?.refused ?? 0);
    looks.push({ atSeconds, model, refusedNow, refused: group.refusals });
  }
  return looks;
}

/** The refusals of these moments as the program would have counted them. */
function failuresBy(nowSeconds: number, refusedAt: readonly number[]): ConnectFailures {
  const since = (seconds: number) => refusedAt.filter((at) => at > nowSeconds - seconds).length;
  const last = refusedAt.at(-1);
  const isLately = last !== undefined && last > nowSeconds - 60;
  return {
    perSecond: since(10) / 10,
    lastMinute: since(60),
    total: refusedAt.length,
    ...(isLately && { lastAtMs: 1000 * last }),
    processes: [],
  };
}
