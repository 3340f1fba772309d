/** What a listener hears of a whole exhaustion, from the first connection to the recovery, in virtual time. */
import { describe, expect, test } from 'vitest';
import type { ConnectFailures } from '../../../src/model/sample/refusal-memory.ts';
import type { Sample } from '../../../src/model/sample/sample.ts';
import { ModelFeed } from '../../../src/store/model-feed.ts';
import { initialViewState } from '../../../src/store/view-state.ts';
import { createViewStore } from '../../../src/store/view-store.ts';
import { narratorOf } from '../../../src/ui/speech/narrator.ts';
import { speakingSeconds } from '../../../src/ui/speech/speaking-time.ts';
import { bursts, during, paced, together } from '../../forecast-score/clients.ts';
import { type Client, PortGroup, TICKS_PER_SECOND } from '../../forecast-score/machine.ts';
import { sampler } from '../../forecast-score/play.ts';

const LOOK_TICKS = 5;

interface Incident {
  readonly ports: number;
  readonly seconds: number;
  readonly client: Client;
  /** The range is widened to so many ports. */
  readonly fix?: { readonly atSeconds: number; readonly ports: number };
  /** False where the program may not see refusals. */
  readonly seesRefusals?: boolean;
}

interface Heard {
  readonly atSeconds: number;
  readonly text: string;
  /** How long it takes to say it. */
  readonly seconds: number;
}

/** All that is said while nobody presses a key. */
function listenTo({ ports, seconds, client, fix, seesRefusals = true }: Incident): Heard[] {
  const heard: Heard[] = [];
  const options = { ports, reuse: false };
  const group = new PortGroup(options);
  const refusedAt: number[] = [];
  let sampleAt = sampler(ports, 1);
  let atSeconds = 0;
  const store = createViewStore(initialViewState({}), {});
  const feed = new ModelFeed((model) => store.dispatch({ type: 'model', model }));
  const narrator = narratorOf(store, (lines) =>
    heard.push({
      atSeconds,
      text: lines.map((line) => (typeof line === 'string' ? line : line.verbatim)).join(' '),
      seconds: speakingSeconds(lines),
    }),
  );
  feed.push(sampleAt(0, [group]));
  narrator.start();
  for (let tick = 0; tick < seconds * TICKS_PER_SECOND; tick++) {
    atSeconds = (tick + 1) / TICKS_PER_SECOND;
    if (atSeconds === fix?.atSeconds) {
      options.ports = fix.ports;
      sampleAt = sampler(fix.ports, 1);
    }
    const before = group.refusals;
    group.step(client(tick / TICKS_PER_SECOND, atSeconds));
    for (let refusal = before; refusal < group.refusals; refusal++) refusedAt.push(atSeconds);
    if ((tick + 1) % LOOK_TICKS !== 0) continue;
    const sample = sampleAt(atSeconds, [group]);
    feed.push(asSeen(sample, seesRefusals ? failuresBy(atSeconds, refusedAt) : undefined));
  }
  return heard;
}

/** The refusals of these moments as the program would have counted them. */
function failuresBy(nowSeconds: number, refusedAt: readonly number[]): ConnectFailures {
  const since = (seconds: number) => refusedAt.filter((at) => at > nowSeconds - seconds).length;
  return {
    perSecond: since(10) / 10,
    lastMinute: since(60),
    total: refusedAt.length,
    processes: [],
  };
}

/** All that is known is certain. */
function asSeen(sample: Sample, connectFailures: ConnectFailures | undefined): Sample {
  const groups = sample.groups.map((group) => ({
    ...group,
    freeAtLeast: group.free,
    headroomPercentAtLeast: group.headroomPercent,
    connectFailures,
  }));
  return { ...sample, groups };
}

const CLIENT_ENDS = { ports: 400, seconds: 300, client: during(12, 122, paced(8)) };
const RANGE_WIDENED = {
  ports: 300,
  seconds: 240,
  client: during(12, 240, paced(12)),
  fix: { atSeconds: 100, ports: 20_000 },
};

const INCIDENTS: Readonly<Record<string, Incident>> = {
  'the client ends': CLIENT_ENDS,
  'the range is widened': RANGE_WIDENED,
  'refusals cannot be seen': { ...RANGE_WIDENED, seesRefusals: false },
  'a large range': { ports: 28_232, seconds: 300, client: during(12, 90, paced(1000)) },
  'hardly more than there is room for': { ports: 300, seconds: 600, client: paced(5.1) },
  'bursts that fill it each minute': {
    ports: 300,
    seconds: 600,
    client: bursts(290, 70, { first: 5 }),
  },
  'it comes and goes': {
    ports: 300,
    seconds: 900,
    client: together(...[10, 210, 410, 610].map((from) => during(from, from + 60, paced(9)))),
  },
};

const HINT = 'Press the letter a';

/** Without its figures and times: equal ones state the same fact. */
const fact = (text: string) => text.replace(/\d[\d.,:]*/g, '#');

describe.each(Object.entries(INCIDENTS))('%s', (_, incident) => {
  const heard = listenTo(incident);

  test('a fact is not said twice within 20 s', () => {
    for (const [index, { text, atSeconds }] of heard.entries()) {
      const same = heard.slice(index + 1).find((later) => fact(later.text) === fact(text));
      // A countdown says the same of another time.
      const least = /runs out of ports in/.test(text) ? 10 : 20;
      expect(same === undefined || same.atSeconds - atSeconds >= least, same?.text).toBe(true);
    }
  });

  test('it can be spoken in the time that passes', () => {
    const total = heard.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(total).toBeLessThanOrEqual(incident.seconds);
    // What is not worse than before waits until all else has been spoken.
    let spokenUntil = 0;
    for (const { atSeconds, text, seconds } of heard) {
      if (/^(?:Recovering|Healthy|No outgoing)/.test(text))
        expect(atSeconds, text).toBeGreaterThanOrEqual(spokenUntil);
      spokenUntil = Math.max(spokenUntil, atSeconds) + seconds;
      expect(spokenUntil - atSeconds, text).toBeLessThan(30);
    }
  });

  test('what to do is said once, until all is well again', () => {
    let hints = 0;
    for (const { text } of heard) {
      if (/^(?:Healthy|No outgoing)/.test(text)) hints = 0;
      if (text.includes(HINT)) hints++;
      expect(hints, text).toBeLessThanOrEqual(1);
    }
  });
});

/** The turning points, in a word each. */
const turns = (incident: Incident) =>
  listenTo(incident).flatMap(({ text }) => {
    const [, word = '', rest = ''] = /^(\w+):? (.*)/.exec(text) ?? [];
    // The figures of it are said once, as soon as they can be relied on.
    if (rest.includes('per second are refused')) return ['refused'];
    if (rest.includes('is out of ports')) return ['out'];
    return rest.includes('runs out of ports')
      ? [`${word.toLowerCase()}, runs out`]
      : [word.toLowerCase()];
  });

test.for<[string, Incident]>([
  ['the client ends', CLIENT_ENDS],
  ['the range is widened', RANGE_WIDENED],
])('each turning point is said once: %s', ([, incident]) => {
  const said = turns(incident);
  expect(said.filter((word, index) => word !== said[index - 1])).toEqual([
    'no',
    'warning, runs out',
    'critical, runs out',
    'out',
    'refused',
    'recovering',
    expect.stringMatching(/^(?:healthy|no)$/),
  ]);
  for (const word of ['out', 'refused', 'recovering'])
    expect(said.filter((each) => each === word)).toHaveLength(1);
});
