import { hashSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { BasicAuth } from '../../src/exporter/basic-auth.ts';

const header = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const HASH = hashSync('se:cret', 4);
const USERS = new Map([
  ['prometheus', HASH],
  ['htpasswd', HASH.replace('$2b$', '$2y$')],
]);

test.for<[string, string | undefined, string]>([
  ['the right password', header('prometheus', 'se:cret'), 'welcome'],
  ['a hash of htpasswd', header('htpasswd', 'se:cret'), 'welcome'],
  ['lower case', header('prometheus', 'se:cret').replace('Basic', 'basic'), 'welcome'],
  ['a wrong password', header('prometheus', 'secret'), 'unauthorized'],
  ['an unknown user', header('somebody', 'se:cret'), 'unauthorized'],
  ['a name of the language', header('constructor', 'x'), 'unauthorized'],
  ['no header', undefined, 'unauthorized'],
  ['another scheme', 'Bearer x', 'unauthorized'],
  ['no colon', `Basic ${Buffer.from('x').toString('base64')}`, 'unauthorized'],
  ['nonsense', 'Basic %%%', 'unauthorized'],
])('%s: %s', async ([, given, admission]) => {
  expect(await new BasicAuth().admit(given, USERS)).toBe(admission);
});

test('without users everybody is welcome', async () => {
  expect(await new BasicAuth().admit(undefined, new Map())).toBe('welcome');
});

describe('comparisons', () => {
  /** An authentication whose comparisons end when the test says so. */
  function comparing() {
    const pending: ((isRight: boolean) => void)[] = [];
    let running = 0;
    let most = 0;
    let count = 0;
    const auth = new BasicAuth(async () => {
      count++;
      most = Math.max(most, ++running);
      const result = await new Promise<boolean>((resolve) => pending.push(resolve));
      running--;
      return result;
    });
    const endOne = async (isRight = false) => {
      pending.shift()?.(isRight);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { auth, endOne, count: () => count, most: () => most };
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  test('are made once for each pair of name and password, right or wrong', async () => {
    const { auth, endOne, count } = comparing();
    for (const [password, isRight] of [
      ['a', true],
      ['b', false],
    ] as const) {
      const first = auth.admit(header('prometheus', password), USERS);
      await settle();
      await endOne(isRight);
      const admission = await first;
      expect(admission).toBe(isRight ? 'welcome' : 'unauthorized');
      expect(await auth.admit(header('prometheus', password), USERS)).toBe(admission);
    }
    expect(count()).toBe(2);
  });

  test('are made anew for a changed password', async () => {
    const { auth, endOne, count } = comparing();
    const first = auth.admit(header('prometheus', 'a'), USERS);
    await settle();
    await endOne(true);
    await first;
    const changed = new Map([['prometheus', hashSync('other', 4)]]);
    const second = auth.admit(header('prometheus', 'a'), changed);
    await settle();
    await endOne(false);
    expect(await second).toBe('unauthorized');
    expect(count()).toBe(2);
  });

  test('run one at a time; who would be the seventeenth to wait is turned away, who is known is not', async () => {
    const { auth, endOne, most } = comparing();
    const known = auth.admit(header('prometheus', 'known'), USERS);
    await settle();
    await endOne(true);
    await known;
    const waiting = Array.from({ length: 16 }, (_, n) =>
      auth.admit(header('prometheus', `guess ${n}`), USERS),
    );
    await settle();
    expect(await auth.admit(header('prometheus', 'one more'), USERS)).toBe('busy');
    expect(await auth.admit(header('prometheus', 'known'), USERS)).toBe('welcome');
    for (let n = 0; n < 16; n++) await endOne();
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'unauthorized'));
    expect(most()).toBe(1);
  });

  test('of guesses do not push out who is right', async () => {
    const { auth, endOne, count } = comparing();
    const known = auth.admit(header('prometheus', 'known'), USERS);
    await settle();
    await endOne(true);
    await known;
    for (let n = 0; n < 300; n++) {
      const guess = auth.admit(header('prometheus', `guess ${n}`), USERS);
      await settle();
      await endOne();
      await guess;
    }
    expect(await auth.admit(header('prometheus', 'known'), USERS)).toBe('welcome');
    expect(count()).toBe(301);
  });
});
