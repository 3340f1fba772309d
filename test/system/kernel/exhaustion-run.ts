/** What a client did that ran out of ports, beside what the program said of it. */
import { fileURLToPath } from 'node:url';
import { nodePath } from '../../helpers/namespace.ts';
import type { SnapshotDocument, SnapshotGroup } from '../../helpers/snapshot-document.ts';
import { apart, commandApart } from '../../helpers/tracefs-namespace.ts';
import type { ExhaustionPlan, ExhaustionRun } from './exhaustion-plan.ts';

const scenarioPath = fileURLToPath(new URL('./exhaustion-scenarios.ts', import.meta.url));

const commandOf = (plan: ExhaustionPlan) => [
  nodePath(),
  '--disable-warning=ExperimentalWarning',
  scenarioPath,
  JSON.stringify(plan),
];

/** The command line that runs a plan, for a terminal. */
export function exhaustionCommand(plan: ExhaustionPlan): [file: string, args: string[]] {
  return commandApart(commandOf(plan), 'beside others');
}

/** Runs a plan to its end. */
export async function exhaust(plan: ExhaustionPlan): Promise<Exhaustion> {
  return exhaustionOf(await apart(commandOf(plan), 'beside others'));
}

/** One document, and what had happened by then. */
export type Look = {
  atMs: number;
  group: SnapshotGroup;
  /** Destinations that are said to be enough; undefined: none are. */
  destinations: number | undefined;
  /** Why refusals cannot be seen; null: they can. */
  unseen: string | null;
  /** Means over the last 10 s, or over the time watched, when the look began, and when it ended. */
  truth: { seconds: number; refused: Bounds; wanted: Bounds };
};

type Bounds = { least: number; most: number };

export type Exhaustion = {
  run: ExhaustionRun;
  firstRefusedMs: number;
  /** Of all documents from the first refusal on. */
  looks: Look[];
  /** Those of all tables from the first refusal on. */
  verdicts: string[];
};

/** What a rate is a mean of. */
const WINDOW_MS = 10_000;

/** Reads what the scenario wrote. */
export function exhaustionOf(text: string): Exhaustion {
  const run = JSON.parse(text) as ExhaustionRun;
  const [firstRefusedMs] = run.refused;
  if (firstRefusedMs === undefined) throw new Error('nothing was refused');
  const documents = run.documents.map(
    (line) =>
      JSON.parse(line) as SnapshotDocument & {
        takenAt: string;
        sampling: { durationMs: number };
      },
  );
  const startMs = Date.parse(documents[0]?.takenAt ?? '');
  const looks = documents
    .filter(({ takenAt }) => Date.parse(takenAt) >= firstRefusedMs)
    .map(({ takenAt, groups, sampling, advice }) => {
      const [group] = groups;
      if (group === undefined || groups.length > 1) throw new Error(`${groups.length} groups`);
      const spread = advice.find(({ id }) => id === 'more-destinations')?.title;
      const atMs = Date.parse(takenAt);
      const seconds = Math.min(WINDOW_MS, atMs - startMs) / 1000;
      const rates = (times: readonly number[]): Bounds => {
        const within = (untilMs: number) =>
          times.filter((time) => time > untilMs - seconds * 1000 && time <= untilMs).length;
        const counts = [within(atMs), within(atMs + sampling.durationMs)];
        return { least: Math.min(...counts) / seconds, most: Math.max(...counts) / seconds };
      };
      return {
        atMs,
        group,
        destinations:
          spread === undefined ? undefined : Number(/(\d+) destination/.exec(spread)?.[1]),
        unseen: sampling.connectFailures,
        truth: {
          seconds,
          refused: rates(run.refused),
          wanted: rates([...run.refused, ...run.made]),
        },
      };
    });
  return { run, firstRefusedMs, looks, verdicts: verdictsOf(run.tables, firstRefusedMs) };
}

/** The line below that of host and time. */
function verdictsOf(tables: string, fromMs: number): string[] {
  return [...tables.matchAll(/ Linux \S+ {2}(\S+Z) .*\n(.*)\n/g)]
    .filter(([, takenAt = '']) => Date.parse(takenAt) >= fromMs)
    .map(([, , verdict = '']) => verdict);
}
