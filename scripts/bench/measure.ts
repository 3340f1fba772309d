import { openNamespace } from './namespace.ts';
import type { Part } from './options.ts';
import type { Contender, Population, ScreenSize, UsageOrder, Viewer } from './protocol.ts';
import type { FirstFrameResult, ReadingResult, Situation, ViewerResult } from './results.ts';

/** What every measurement needs to know. */
export interface Bench {
  /** Where the compiled programs are. */
  readonly directory: string;
  readonly quick: boolean;
  /** Tells the user what goes on. */
  readonly say: (line: string) => void;
}

/** What takes part in the rounds of a part. */
const CONTENDERS: Readonly<Record<'sources' | 'tools', readonly Contender[]>> = {
  sources: [
    'netlink floor',
    'netlink read',
    'netlink sample',
    'procfs floor',
    'procfs read',
    'procfs sample',
  ],
  // With the sample that they are compared to.
  tools: ['netlink sample', 'ss', 'ss | awk', 'netstat', 'node', 'ephtop snapshot', 'ephtop check'],
};
/**
 * TIME_WAIT lasts for a minute. What all of them take together for this many sockets would leave time for
 * a single round of more, so that only the most telling take part in that.
 */
const ALL_CONTENDERS_UP_TO_SOCKETS = 200_000;
const MOST_TELLING: ReadonlySet<Contender> = new Set<Contender>([
  'netlink floor',
  'netlink sample',
  'procfs floor',
  'procfs sample',
  'ss | awk',
]);

const ROUNDS = {
  quick: { rounds: 4, turnMs: 100, warmUpMs: 800 },
  full: { rounds: 9, turnMs: 400, warmUpMs: 2000 },
};

/** Times the readings of so many TIME_WAIT sockets by the contenders of the parts. */
export async function measureReadings(
  { directory, quick, say }: Bench,
  sockets: number,
  parts: ReadonlySet<Part>,
): Promise<ReadingResult> {
  say(`${sockets.toLocaleString('en-US')} sockets: making and reading them`);
  await using namespace = openNamespace(directory);
  await namespace.call('populate', { timeWait: sockets, live: 0, closesPerSecond: 0 });
  const asked = (['sources', 'tools'] as const).flatMap((part) =>
    parts.has(part) ? CONTENDERS[part] : [],
  );
  const contenders = [...new Set(asked)].filter(
    (name) => sockets <= ALL_CONTENDERS_UP_TO_SOCKETS || MOST_TELLING.has(name),
  );
  const result = await namespace.call('timeReadings', {
    contenders,
    ...(quick ? ROUNDS.quick : ROUNDS.full),
  });
  return { sockets, ...result };
}

/** 466 closes a second and 60 s of TIME_WAIT come to 28,000 sockets. */
const POPULATIONS: Readonly<Record<Situation, Population>> = {
  idle: { timeWait: 0, live: 10, closesPerSecond: 0 },
  still: { timeWait: 28_000, live: 10, closesPerSecond: 0 },
  steady: { timeWait: 0, live: 10, closesPerSecond: 466 },
  crowd: { timeWait: 0, live: 0, closesPerSecond: 466, leastDestinations: 30 },
};

const PACE = {
  quick: { settleMs: 3000, measureMs: 5000 },
  full: { settleMs: 13_000, measureMs: 15_000 },
  /** For ephtop with other options than those that are judged. */
  again: { settleMs: 5000, measureMs: 8000 },
  /** For what ephtop is compared with. */
  beside: { settleMs: 1000, measureMs: 5000 },
  /**
   * Started together with the closes: when as many sockets end as are closed, after 60 s and the 2 s by
   * which the kernel's timers are late, the program has long settled.
   */
  steady: { settleMs: 63_000, measureMs: 15_000 },
};

/** Has room for a row of every group of the crowd. */
const LARGE_SCREEN: ScreenSize = { columns: 200, rows: 50 };

/** Measures ephtop, and what it is compared with, in every situation that there is time for. */
export async function measureViewers(bench: Bench): Promise<ViewerResult[]> {
  if (bench.quick) {
    return [
      ...(await measureIn(bench, 'idle', { ephtop: PACE.quick })),
      ...(await measureIn(bench, 'still', { ephtop: PACE.quick })),
    ];
  }
  const { full, again, beside, steady } = PACE;
  return [
    ...(await measureIn(bench, 'idle', {
      ephtop: full,
      floor: beside,
      htop: beside,
      btop: beside,
    })),
    ...(await measureIn(bench, 'still', { ephtop: full, floor: beside, watch: beside })),
    ...(await measureIn(bench, 'steady', {
      ephtop: steady,
      'ephtop by default': again,
      floor: beside,
      watch: beside,
      htop: beside,
      btop: beside,
    })),
    ...(await measureIn(bench, 'crowd', {
      ephtop: { ...steady, screen: LARGE_SCREEN },
      floor: beside,
    })),
  ];
}

type Pace = Omit<UsageOrder, 'viewer'>;

async function measureIn(
  { directory, say }: Bench,
  situation: Situation,
  paces: Readonly<Partial<Record<Viewer, Pace>>>,
): Promise<ViewerResult[]> {
  await using namespace = openNamespace(directory);
  await namespace.call('populate', POPULATIONS[situation]);
  const results: ViewerResult[] = [];
  for (const [viewer, pace] of Object.entries(paces) as [Viewer, Pace][]) {
    const seconds = (pace.settleMs + pace.measureMs) / 1000;
    say(`the whole program, ${situation}: ${viewer}, for ${seconds} s`);
    const usage = await namespace.call('measureUsage', { viewer, ...pace });
    if (usage !== null) results.push({ situation, viewer, usage });
  }
  return results;
}

const STARTS = { quick: 10, full: 15 };

/** Times the start of the program, with a few sockets, and with many if there is time. */
export async function measureFirstFrames(bench: Bench): Promise<FirstFrameResult[]> {
  const results: FirstFrameResult[] = [];
  const situations: readonly Situation[] = bench.quick ? ['idle'] : ['idle', 'still'];
  for (const situation of situations) {
    bench.say(`first frame, ${situation}`);
    await using namespace = openNamespace(bench.directory);
    await namespace.call('populate', POPULATIONS[situation]);
    const count = bench.quick ? STARTS.quick : STARTS.full;
    results.push({ situation, ...(await namespace.call('timeFirstFrames', { count })) });
  }
  return results;
}
