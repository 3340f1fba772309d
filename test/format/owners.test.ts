import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { ownersText, ownerText } from '../../src/format/owners.ts';
import type { GroupOwner } from '../../src/model/sample/owners.ts';

const HAPROXY = { pid: 812, command: 'haproxy', sockets: 1100 };
const CURL = { pid: 900, command: 'curl', sockets: 3 };
const group = (owners: GroupOwner[], unownedSockets = 0) => ({ owners, unownedSockets });

test.for([
  [[], 0, ''],
  [[], 5, '?'],
  [[HAPROXY], 0, 'haproxy'],
  [[HAPROXY, CURL], 5, 'haproxy +1'],
  [[{ ...HAPROXY, command: 'a-long-name' }, CURL], 0, 'a-long… +1'],
  [[{ ...HAPROXY, command: ' ' }], 0, 'pid 812'],
] as const)('%j with %i not known is %j in a table', ([owners, unowned, text]) => {
  expect(ownerText(group([...owners], unowned), 10, '…')).toBe(text);
});

test('in a table no name is wider than it may be, or steers a terminal', () => {
  const owner = fc.record({
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    command: fc.string({ unit: 'binary', maxLength: 20 }),
    sockets: fc.nat(),
  });
  const owners = fc.array(owner, { maxLength: 20 });
  fc.assert(
    fc.property(owners, fc.integer({ min: 8, max: 20 }), (given, width) => {
      const text = ownerText(group(given, 1), width, '…');
      expect(stringWidth(text)).toBeLessThanOrEqual(width);
      expect(text).not.toMatch(/\p{Cc}/u);
      expect(ownersText(group(given, 1), { ownersUnseen: 0 })).not.toMatch(/\p{Cc}/u);
    }),
  );
});

describe('in the detail', () => {
  test.for([
    [group([HAPROXY]), 0, 'haproxy (812) 1,100'],
    [group([HAPROXY, CURL]), 14, 'haproxy (812) 1,100, curl (900) 3'],
    [group([HAPROXY, { ...CURL, sockets: 0 }]), 0, 'haproxy (812) 1,100, curl (900) all closed'],
    [group([]), 14, 'none: TIME_WAIT belongs to no process'],
    [
      group([HAPROXY], 7),
      14,
      'haproxy (812) 1,100, not known 7 — just opened, or held by one of 14 processes that cannot be read (root can, in a container with CAP_SYS_PTRACE)',
    ],
    [
      group([{ ...HAPROXY, sockets: 0 }], 37),
      1,
      'haproxy (812) in the last minute, not known 37 — just opened, or held by a process that cannot be read (root can, in a container with CAP_SYS_PTRACE)',
    ],
    [
      group([], 7),
      2,
      'not known 7 — held by one of 2 processes that cannot be read (root can, in a container with CAP_SYS_PTRACE), or just opened',
    ],
    [
      group([], 7),
      0,
      "not known 7 — just opened, the kernel's own, or held by a process that is invisible here",
    ],
  ] as const)('%j, with %i unseen: %j', ([given, unseen, text]) => {
    expect(ownersText(given, { ownersUnseen: unseen })).toBe(text);
  });

  test('that all are hidden is said where one is not known', () => {
    const unseen = { ownersUnseen: 0, ownersHidden: 'all are hidden' };
    expect(ownersText(group([], 7), unseen)).toBe('not known 7 — all are hidden');
    expect(ownersText(group([CURL]), unseen)).toBe('curl (900) 3');
  });

  test('of many only the first are named', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ ...CURL, pid: index + 1 }));
    expect(ownersText(group(many), { ownersUnseen: 1 })).toMatch(
      /curl \(8\) 3, 12 more processes$/,
    );
    expect(ownersText(group([], 1), { ownersUnseen: 1 })).toContain('— held by a process that');
  });
});
