import { parseArgs } from 'node:util';

/** The parts of the benchmark that can be run by themselves. */
export const PARTS = ['sources', 'tools', 'program', 'first-frame'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  /** Numbers of sockets to read, for the parts `sources` and `tools`. */
  readonly sizes: readonly number[];
  readonly parts: ReadonlySet<Part>;
  /** Fewer sizes, rounds and seconds. */
  readonly quick: boolean;
  /** Where to write the raw figures as JSON. */
  readonly jsonFile: string | undefined;
}

export const USAGE = `npm run bench -- [--quick] [--sockets N,N,…] [--only ${PARTS.join('|')}] [--json FILE]`;

const ALL_SIZES = [28_000, 200_000, 1_000_000];
const QUICK_SIZES = [28_000, 200_000];
/** 127.0.0.1–127.0.0.250 with 28,000 each, and no more than MemAvailable is likely to bear. */
const MOST_SOCKETS = 5_000_000;

/** Reads the command line. Throws an Error that says in one line what was wrong and what is right. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sockets: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const defaultSizes = values.quick ? QUICK_SIZES : ALL_SIZES;
  return {
    sizes: values.sockets === undefined ? defaultSizes : parseSizes(values.sockets),
    parts: new Set(values.only === undefined ? PARTS : parseParts(values.only)),
    quick: values.quick,
    jsonFile: values.json,
  };
}

function parseSizes(text: string): number[] {
  return text.split(',').map((part) => {
    const size = /^[1-9]\d*$/.test(part) ? Number(part) : Number.NaN;
    if (size <= MOST_SOCKETS) return size;
    throw new Error(
      `--sockets: "${part}" is no number from 1 to ${MOST_SOCKETS}; write 28000 or 28000,200000.`,
    );
  });
}

function parseParts(text: string): Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) {
      throw new Error(`--only: "${name}" is none of ${PARTS.join(', ')}.`);
    }
    return part;
  });
}
