import { Coverage, SOURCES } from './coverage.ts';
import { Dice, grown, mutated } from './mutator.ts';
import { finding, type FuzzedParser } from './parser.ts';

/** An input that a parser does not take well. */
export interface Finding {
  readonly input: Buffer;
  readonly problem: string;
}

export interface FuzzResult {
  readonly executions: number;
  /** What the inputs did that others did not: blocks that ran, did not run, or ran more often. */
  readonly features: number;
  /** Inputs that reach all of them. */
  readonly corpus: readonly Buffer[];
  readonly findings: readonly Finding[];
}

/** Inputs between two looks at the coverage; a look takes some ms, a parser some µs. */
const BATCH = 64;
/** Different findings after which a parser is to be mended first. */
const MOST_FINDINGS = 10;

/**
 * Feeds a parser with changed inputs until `isOver`. An input that runs or leaves out a block of the sources as none did
 * before, or runs it more often by an order of two, joins those that are changed. Then tries long inputs.
 */
export function fuzz(
  parser: FuzzedParser,
  seed: number,
  isOver: (executions: number) => boolean,
  sources = SOURCES,
): FuzzResult {
  const coverage = new Coverage(sources);
  const dice = new Dice(seed);
  const corpus: Buffer[] = parser.seeds.map((each) => Buffer.from(each));
  const reached = new Set<string>();
  const findings = new Map<string, Finding>();
  let executions = 0;

  const run = (input: Buffer) => {
    executions++;
    const problem = finding(parser, input);
    if (problem === undefined || findings.has(kindOf(problem))) return;
    findings.set(kindOf(problem), { input: smaller(parser, input, problem), problem });
  };
  /** True if one of the features was not there before. */
  const isNew = (features: readonly string[]) => {
    const before = reached.size;
    for (const feature of features) reached.add(feature);
    return reached.size > before;
  };

  for (const input of corpus) isNew(featuresOf(coverage.of(() => run(input))));
  while (!isOver(executions) && findings.size < MOST_FINDINGS) {
    const inputs: Buffer[] = Array.from({ length: BATCH }, () =>
      mutated(dice.of(corpus), dice.of(corpus), dice),
    );
    if (!isNew(batchFeaturesOf(coverage.of(() => inputs.forEach(run))))) continue;
    for (const input of inputs)
      if (isNew(featuresOf(coverage.of(() => finding(parser, input))))) corpus.push(input);
  }
  for (const found of longInputs(parser, corpus)) findings.set(kindOf(found.problem), found);
  coverage.close();
  return { executions, features: reached.size, corpus, findings: [...findings.values()] };
}

/** What one input does: each block, and how often it runs, by the order of two. */
function featuresOf(blocks: ReadonlyMap<string, number>): string[] {
  return [...blocks].map(([block, count]) => `${block} ${Math.ceil(Math.log2(count + 1))}`);
}

/** What one of many inputs does: each block, and whether any of them runs it. */
function batchFeaturesOf(blocks: ReadonlyMap<string, number>): string[] {
  return [...blocks].map(([block, count]) => `${block} ${count > 0 ? 'ran' : 'did not run'}`);
}

/** Where it was thrown, or what is wrong; numbers differ from input to input. */
function kindOf(problem: string): string {
  const place = /\n +at .*src\/.*/.exec(problem)?.[0];
  return place ?? problem.slice(0, 60).replace(/\d+/g, '0');
}

/** The same finding with a shorter input, as far as leaving pieces out goes. */
function smaller(parser: FuzzedParser, input: Buffer, problem: string): Buffer {
  let shortest = input;
  for (let length = input.length >> 1; length > 0; length >>= 1)
    for (let at = 0; at < shortest.length;) {
      const without = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + length)]);
      const now = finding(parser, without);
      if (now !== undefined && kindOf(now) === kindOf(problem)) shortest = without;
      else at += length;
    }
  return shortest;
}

/** From the smaller one on a quadratic parser is told from a linear one; the larger one is for what begins late. */
const GROWN_BYTES = [8192, 65_536];
/** CPU time that a parse may take, in ms, and for each byte. Linear ones take a tenth, quadratic ones ten times that. */
const MOST_CPU_MS = { each: 60, byte: 0.008 };
const MOST_GROWN = 12;
const MOST_AGAIN = 2;

/** Long inputs that are not taken well, or not in linear time: the thread's CPU time, whatever else the machine does. */
function longInputs(parser: FuzzedParser, corpus: readonly Buffer[]): Finding[] {
  const half = MOST_GROWN / 2;
  // The seeds, and what was hardest to find.
  const chosen = [...corpus.slice(0, half), ...corpus.slice(half).slice(-half)];
  for (const bytes of GROWN_BYTES)
    for (const input of chosen.flatMap((each) => grown(each, bytes))) {
      let problem: string | undefined;
      const most = MOST_CPU_MS.each + MOST_CPU_MS.byte * input.length;
      const parsed = () => cpuMs(() => (problem = finding(parser, input)));
      // Once it may be the collector, or the compiler; what is not linear is slow each time.
      let tookMs = parsed();
      for (let again = 0; tookMs > most && again < MOST_AGAIN; again++)
        tookMs = Math.min(tookMs, parsed());
      if (problem !== undefined) return [{ input, problem }];
      if (tookMs > most)
        return [{ input, problem: `${input.length} bytes take ${Math.round(tookMs)} ms of CPU` }];
    }
  return [];
}

function cpuMs(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
