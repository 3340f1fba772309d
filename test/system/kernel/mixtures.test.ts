/**
 * ephtop's `free` against the kernel on random mixtures of all that takes ports or leaves them.
 * `npm run test:kernel -- --runs N` runs N of them (200 unless told), `--seed S` repeats one.
 */
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { beforeEach, expect, test } from 'vitest';
import type { SourceName } from '../../helpers/namespace-protocol.ts';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import { type Ingredients, type Mixture, mixtures } from './mixture.ts';
import { type Comparison, runMixture } from './mixture-run.ts';
import { mixtureText } from './mixture-text.ts';

beforeEach(requireNamespace);

/** Whether mixtures hold ports lost to bind-before-connect. */
const BIND_BEFORE_CONNECT = true;

const { EPHTOP_SEED, EPHTOP_RUNS } = process.env;
const FIRST_SEED = EPHTOP_SEED === undefined ? randomInt(2 ** 30) : Number(EPHTOP_SEED);
/** Few enough for every day; `npm run test:kernel` runs more. */
const RUNS = Number(EPHTOP_RUNS ?? (EPHTOP_SEED === undefined ? 16 : 1));
/** One in so many is of odd size as well. */
const PER_ODD_SIZED = 10;
/** One in so many has special ports. */
const PER_SPECIAL = 2;

/** Most of a mixture's time is spent waiting for TIME_WAIT to grow old. */
const NAMESPACES = 2 * availableParallelism();
const SHRINKING_MS = 30_000;
const TIMEOUT_MS = 60_000 + 2 * SHRINKING_MS + RUNS * 3000;
/** Of all mixtures without special ports so many are exact, and of a sample as many within three standard deviations. */
const EXACT_SHARE = 0.95;
const EXACT_DEVIATION = Math.sqrt((EXACT_SHARE * (1 - EXACT_SHARE)) / RUNS);
/** So many failures tell enough. */
const ENOUGH_FAILURES = 3;

/** netlink as soon as the program offers it; one that it offers must work. */
async function readableSources(namespace: Namespace): Promise<SourceName[]> {
  try {
    await namespace.snapshot('netlink');
    return ['procfs', 'netlink'];
  } catch (error) {
    const offered = !(error instanceof Error && error.message.includes('Allowed choices'));
    if (offered) throw error;
    return ['procfs'];
  }
}

/** Runs the seed's mixture; undefined, or why it failed, by the simplest mixture found that does. */
async function failureOf(
  seed: number,
  namespace: Namespace,
  ingredients: Ingredients,
  comparison: Comparison,
): Promise<string | undefined> {
  const drawn = mixtures(ingredients);
  let run = Promise.resolve();
  const property = fc.asyncProperty(
    drawn,
    (mixture) => (run = runMixture(namespace, mixture, comparison)),
  );
  const parameters = { seed, numRuns: 1, unbiased: true };
  const details = await fc.check(property, {
    ...parameters,
    interruptAfterTimeLimit: SHRINKING_MS,
    includeErrorInReport: true,
  });
  // One that was interrupted goes on in the namespace, which the next is to have for itself.
  const late = await run.then(() => undefined, String);
  if (!details.failed && late !== undefined) return `EPHTOP_SEED=${seed} fails with:\n${late}`;
  if (!details.failed || details.counterexample === null) return undefined;
  const [simplest] = details.counterexample;
  const [original] = fc.sample(drawn, parameters) as [Mixture];
  return [
    `EPHTOP_SEED=${seed} repeats this.`,
    `The simplest mixture found that fails:\n${mixtureText(simplest)}`,
    `It fails with:\n${String(details.errorInstance)}`,
    `The seed's own mixture:\n${mixtureText(original)}`,
  ].join('\n\n');
}

/** Runs mixtures in several namespaces at a time; what failed. */
async function failuresOf(
  runs: number,
  ingredients: Ingredients,
  missed: number,
): Promise<{ failures: string[]; exactShare: number }> {
  const failures: string[] = [];
  const tally = { mixtures: 0, exact: 0 };
  let next = 0;
  async function work(): Promise<void> {
    await using namespace = await openNamespace();
    const comparison = { sources: await readableSources(namespace), missed, tally };
    while (next < runs && failures.length < ENOUGH_FAILURES) {
      const seed = FIRST_SEED + next++;
      const failure = await failureOf(seed, namespace, ingredients, comparison);
      if (failure === undefined) continue;
      failures.push(failure);
      // Its last attempt to shrink may still be under way in the namespace.
      return;
    }
  }
  await Promise.all(Array.from({ length: Math.min(NAMESPACES, runs) }, work));
  return { failures, exactShare: tally.exact / tally.mixtures };
}

test(
  `free is exact in ${RUNS} mixtures from seed ${FIRST_SEED}`,
  { timeout: TIMEOUT_MS },
  async ({ annotate }) => {
    const ingredients = { oddSize: false, bindBeforeConnect: BIND_BEFORE_CONNECT, special: false };
    const { failures, exactShare } = await failuresOf(RUNS, ingredients, 0);
    await annotate(`exact: ${(100 * exactShare).toFixed(1)} %`);
    expect(failures.join('\n\n\n')).toBe('');
    expect(exactShare).toBeGreaterThanOrEqual(EXACT_SHARE - 3 * EXACT_DEVIATION);
  },
);

test(
  'with bound ports of any share, ports by number and ranges of its own free is exact or says how low it may be',
  { timeout: TIMEOUT_MS },
  async ({ annotate }) => {
    const ingredients = { oddSize: false, bindBeforeConnect: false, special: true };
    const runs = Math.ceil(RUNS / PER_SPECIAL);
    const { failures, exactShare } = await failuresOf(runs, ingredients, 0);
    await annotate(`exact: ${(100 * exactShare).toFixed(1)} %`);
    expect(failures.join('\n\n\n')).toBe('');
  },
);

test('in a range of odd size the kernel may miss one', { timeout: TIMEOUT_MS }, async () => {
  const ingredients = { oddSize: true, bindBeforeConnect: false, special: false };
  const { failures } = await failuresOf(Math.ceil(RUNS / PER_ODD_SIZED), ingredients, 1);
  expect(failures.join('\n\n\n')).toBe('');
});
