import { describe, expect, it } from 'vitest';
import { openPlace } from '../../src/sampling/readers.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { FIXTURE_PROC } from '../helpers/fixture.ts';

describe('a place', () => {
  it('of a procfs mounted elsewhere is read by procfs, and its refusals are not seen', () => {
    const { read, elsewhere } = openPlace({ source: 'auto', procMount: FIXTURE_PROC }, undefined);
    expect(read().source).toBe('procfs');
    expect(elsewhere).toMatch(/^refusals are watched in the network namespace .* --proc may show/);
  });

  it('here is shown by netlink, and its refusals are seen', () => {
    const { elsewhere } = openPlace({ source: 'auto', procMount: '/proc' }, undefined);
    expect(elsewhere).toBeUndefined();
  });

  it.each([
    [{ kind: 'pid', pid: 999_999_999 }, 'there is no process 999999999 (--pid).'],
    [
      { kind: 'netns', name: 'no such' },
      'there is no network namespace "no such" in /run/netns; "ip netns" lists them, and "ephtop namespaces" all others.',
    ],
    [{ kind: 'netns', name: '..' }, /^there is no network namespace "\.\."/],
    [{ kind: 'netns', name: '/no/such' }, '--netns /no/such: no such file.'],
    [{ kind: 'netns', name: '/no/\x1b[2J' }, String.raw`--netns /no/\x1b[2J: no such file.`],
  ] as const)(
    'in a namespace that is none is an error in one sentence: %j',
    (namespace, problem) => {
      const open = () => openPlace({ source: 'auto', procMount: '/proc', namespace }, undefined);
      expect(open).toThrow(SourceError);
      expect(open).toThrow(problem);
    },
  );
});
