/** Random numbers that a seed decides (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  }

  of<Each>(list: readonly Each[]): Each {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError('nothing to choose from');
    return found;
  }
}

/** Longest input that mutation makes, in bytes; longer ones are tried when growth is judged. */
const LONGEST = 16_384;

/** What has broken parsers before. */
const NUMBERS = [
  '0 -1 1 255 65535 65536 4294967295 4294967296 9007199254740993 1e999 -0 0x10 NaN Infinity 00 1.5',
  '9'.repeat(40),
].flatMap((text) => text.split(' ').map((token) => Buffer.from(token)));
const WORDS =
  'null true {} [] "" __proto__ constructor $(reboot) %s \r\n \u001b[2J \u{1f642}'.split(' ');
const CHARACTERS = '\u001b\u009b\u202e\u200b\0\n\t -,:;=/"\'\\{}([])|!<>*+#^';
const TOKENS = [
  ...NUMBERS,
  ...[...WORDS, ...CHARACTERS.split('')].map((token) => Buffer.from(token)),
];
const BYTES = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x20, 0x1b];

type Mutation = (input: Buffer, dice: Dice, other: Buffer) => Buffer;

const replaced = (input: Buffer, from: number, to: number, piece: Uint8Array) =>
  Buffer.concat([input.subarray(0, from), piece, input.subarray(to)]);

/** A piece of the input, mostly a short one. */
function pieceOf(input: Buffer, dice: Dice): [from: number, to: number] {
  const from = dice.below(input.length + 1);
  const length = dice.below(dice.below(4) === 0 ? input.length - from + 1 : 9);
  return [from, Math.min(input.length, from + length)];
}

const MUTATIONS: readonly Mutation[] = [
  (input, dice) => withByte(input, dice, (byte) => byte ^ (1 << dice.below(8))),
  (input, dice) => withByte(input, dice, () => dice.below(256)),
  (input, dice) => withByte(input, dice, () => dice.of(BYTES)),
  (input, dice) => withByte(input, dice, (byte) => byte + dice.below(9) - 4),
  (input, dice) => replaced(input, ...pieceOf(input, dice), Buffer.alloc(0)),
  (input, dice) => replaced(input, ...pieceOf(input, dice), dice.of(TOKENS)),
  (input, dice) =>
    replaced(input, ...pieceOf(input, dice), input.subarray(...pieceOf(input, dice))),
  (input, dice, other) =>
    replaced(input, ...pieceOf(input, dice), other.subarray(...pieceOf(other, dice))),
  (input, dice) => {
    const at = dice.below(input.length + 1);
    return replaced(input, at, at, dice.of(TOKENS));
  },
  // A number of a text, so that the rest stays valid.
  (input, dice) => {
    const numbers = [...input.toString('latin1').matchAll(/-?\d+(?:\.\d+)?/g)];
    if (numbers.length === 0) return input;
    const { index, 0: digits } = dice.of(numbers);
    return replaced(input, index, index + digits.length, dice.of(NUMBERS));
  },
  // A line or a word once more.
  (input, dice) => {
    const ends = [...input.toString('latin1').matchAll(/[\n ,]/g)].map(({ index }) => index + 1);
    const [from, to] = [dice.of([0, ...ends]), dice.of([input.length, ...ends])].toSorted(
      (a, b) => a - b,
    );
    return replaced(input, to ?? 0, to ?? 0, input.subarray(from, to));
  },
];

function withByte(input: Buffer, dice: Dice, change: (byte: number) => number): Buffer {
  const changed = Buffer.from(input);
  const at = dice.below(input.length);
  if (input.length > 0) changed[at] = change(changed[at] ?? 0);
  return changed;
}

/** An input with one to eight changes; `other` lends pieces. */
export function mutated(input: Buffer, other: Buffer, dice: Dice): Buffer {
  let changed = input;
  for (let left = 1 + dice.below(1 + dice.below(8)); left > 0; left--)
    changed = dice.of(MUTATIONS)(changed, dice, other).subarray(0, LONGEST);
  return changed;
}

/** Inputs of about this many bytes, made of one in the ways that find quadratic parsers. */
export function grown(input: Buffer, bytes: number): Buffer[] {
  if (input.length === 0) return [];
  const middle = input.length >> 1;
  const repeated = (text: Buffer) => Buffer.alloc(bytes, text);
  return [
    repeated(input),
    Buffer.concat([
      input.subarray(0, middle),
      repeated(input.subarray(middle, middle + 1)),
      input.subarray(middle),
    ]),
    Buffer.concat([input, repeated(input.subarray(-1))]),
    Buffer.concat([repeated(input.subarray(0, 1)), input]),
  ];
}
