/**
 * Hours of the program's memory in a minute: `node --expose-gc scripts/soak/simulate.ts [MINUTES]`. Synthetic sockets go
 * through everything that remembers (the memories of the sampling thread, the model's windows, the view's history and
 * state, a recording) by a clock of their own, a sample every five seconds. After every five minutes of that clock, garbage
 * is collected and the heap is looked at. Prints `[minute, heapBytes]` pairs as JSON.
 */
import type { KernelReading } from '../../src/kernel/reading.ts';
import { classify } from '../../src/model/sample/classify.ts';
import { WitnessMemory } from '../../src/model/sample/bound-ports/witness-memory.ts';
import { measure } from '../../src/model/sample/measure.ts';
import { OwnerMemory } from '../../src/model/sample/owner-memory.ts';
import { TimestampMemory } from '../../src/model/sample/peer-timestamps.ts';
import { RefusalMemory } from '../../src/model/sample/refusal-memory.ts';
import { ReuseMemory } from '../../src/model/sample/reuse-memory.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { SampleEncoder } from '../../src/recording/sample-codec.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { ModelFeed } from '../../src/store/model-feed.ts';
import { initialViewState } from '../../src/store/view-state.ts';
import { createViewStore } from '../../src/store/view-store.ts';
import { busyFingers } from './busy-fingers.ts';
import { CHANGING_OWNERS, changingSockets, refusalsAt } from './changing-sockets.ts';

const MINUTE_MS = 60_000;
/** As far apart as the history's: what is remembered goes by time, and a sample of so much that is new costs 7 ms. */
const INTERVAL_MS = 5000;
const LOOK_EVERY_MS = 5 * MINUTE_MS;
/** That of the test helpers' readings. */
const PLACE = 'net:4026531840';
const STARTS_MS = Date.UTC(2026, 10, 21, 12);
const DEFAULT_MINUTES = 200;

/** What the sampling thread does with a reading; see `sampling/sampler`. */
function sampler(): (reading: KernelReading, nowMs: number) => Sample {
  const memory = new OwnerMemory();
  const witnesses = new WitnessMemory();
  const reuseMemory = new ReuseMemory();
  const timestamps = new TimestampMemory();
  const refusals = new RefusalMemory(PLACE);
  return (reading, nowMs) => {
    const classified = classify(reading, undefined);
    const asked = timestamps.rowsToAsk(classified);
    timestamps.learn(
      reading,
      asked,
      asked.map(() => true),
    );
    refusals.push(refusalsAt(nowMs - STARTS_MS), nowMs);
    const owners = CHANGING_OWNERS;
    const known = { owners, refusals, witnesses, reuseMemory, timestamps, mostGroups: 2000 };
    const sample = memory.recall(measure(classified, known));
    witnesses.push(sample);
    reuseMemory.push(sample);
    return sample;
  };
}

function simulate(minutes: number): [minute: number, heapBytes: number][] {
  const sample = sampler();
  const encoder = new SampleEncoder();
  const nothing = { append: () => {}, end: () => 'there' as const };
  const stopped = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    sleep: () => new Promise<void>(() => {}),
  };
  const writer = new RecordingWriter(nothing, stopped, '0.0.0', (error) => {
    throw error;
  });
  const store = createViewStore(initialViewState());
  const press = busyFingers(store);
  const feed = new ModelFeed((model) => store.dispatch({ type: 'model', model, recordedBytes: 0 }));
  const looks: [number, number][] = [];
  const ticks = (minutes * MINUTE_MS) / INTERVAL_MS;
  for (let tick = 0; tick <= ticks; tick++) {
    const elapsedMs = tick * INTERVAL_MS;
    const nowMs = STARTS_MS + elapsedMs;
    const taken = sample(changingSockets(nowMs, elapsedMs), nowMs);
    writer.push(encoder.encode(taken));
    writer.flush();
    feed.push(taken);
    press(tick);
    if (elapsedMs % LOOK_EVERY_MS === 0) {
      globalThis.gc?.();
      globalThis.gc?.();
      looks.push([elapsedMs / MINUTE_MS, process.memoryUsage().heapUsed]);
    }
  }
  return looks;
}

const minutes = Number(process.argv[2] ?? DEFAULT_MINUTES);
process.stdout.write(`${JSON.stringify(simulate(minutes))}\n`);
