import { type ForeignText, printable } from '../../src/kernel/foreign-text.ts';
import { beforeEach, expect, test } from 'vitest';
import { nameLookup, type ReverseLookup } from '../../src/source/host-names.ts';

const MINUTE_MS = 60_000;

let nowMs = 0;
let sleepers: (() => void)[] = [];
let asked: string[] = [];
let pending: Map<string, PromiseWithResolvers<readonly string[]>>;
let names: string[] = [];
let end: AbortController;

beforeEach(() => {
  nowMs = 0;
  [sleepers, asked, names] = [[], [], []];
  pending = new Map();
  end = new AbortController();
});

const clock = {
  nowMs: () => nowMs,
  monotonicMs: () => nowMs,
  sleep: () => new Promise<void>((resolve) => sleepers.push(resolve)),
};

const reverse: ReverseLookup = (address) => {
  asked.push(address);
  const answer = Promise.withResolvers<readonly string[]>();
  pending.set(address, answer);
  return answer.promise;
};

const onName = (address: string, name: ForeignText) => names.push(`${address} ${printable(name)}`);
const settled = () => new Promise((resolve) => setImmediate(resolve));
const addresses = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `10.0.0.${from + index}`);

test('at most four are asked for at a time, then the next of those on the screen', async () => {
  const lookUp = nameLookup(reverse, clock, end.signal);
  lookUp(addresses(9), onName);
  expect(asked).toEqual(addresses(4));
  pending.get('10.0.0.2')?.resolve(['two.example', 'other.example']);
  await settled();
  expect(asked).toEqual(addresses(5));
  expect(names).toEqual(['10.0.0.2 two.example']);
  lookUp(addresses(2, 8), onName); // scrolled on
  pending.get('10.0.0.1')?.reject(new Error('ENOTFOUND'));
  await settled();
  expect(asked.at(-1)).toBe('10.0.0.8');
});

test('an address is asked for once in 10 minutes, with a name or without', async () => {
  const lookUp = nameLookup(reverse, clock, end.signal);
  lookUp(addresses(2), onName);
  pending.get('10.0.0.1')?.resolve(['one.example']);
  pending.get('10.0.0.2')?.reject(new Error('ENOTFOUND'));
  await settled();
  nowMs = 10 * MINUTE_MS - 1;
  lookUp(addresses(2), onName);
  expect(asked).toEqual(addresses(2));
  nowMs++;
  lookUp(addresses(2), onName);
  expect(asked).toEqual([...addresses(2), ...addresses(2)]);
});

test('after 2 s others have their turn, and a late answer is not waited for', async () => {
  const lookUp = nameLookup(reverse, clock, end.signal);
  lookUp(addresses(5), onName);
  for (const wakeUp of sleepers) wakeUp();
  await settled();
  expect(asked).toEqual(addresses(5));
  pending.get('10.0.0.1')?.reject(new Error('ETIMEOUT'));
  await settled();
  expect(names).toEqual([]);
});

test('after the end nothing more is asked', async () => {
  const lookUp = nameLookup(reverse, clock, end.signal);
  lookUp(addresses(9), onName);
  end.abort();
  pending.get('10.0.0.1')?.reject(new Error('ECANCELLED'));
  await settled();
  lookUp(addresses(2, 20), onName);
  expect(asked).toEqual(addresses(4));
});
