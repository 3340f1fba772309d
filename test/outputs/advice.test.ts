import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { adviceText } from '../../src/outputs/advice.ts';
import { adviceDocument, snapshotDocument } from '../helpers/documents.ts';
import { stringWidth } from '../../src/format/string-width.ts';
import type { Model } from '../../src/model/model.ts';
import { fixtureModel } from '../helpers/fixture.ts';
import {
  connections,
  modelOf,
  SMALL_RANGE,
  timeWaits,
  type TestSocket,
} from '../helpers/sockets.ts';

const exhausted = modelOf([
  ...connections(5),
  ...timeWaits(93, 30_000, {}, 40_005),
  ...Array.from({ length: 150 }, (_, index): TestSocket => ({
    local: '0.0.0.0',
    localPort: 2000 + 7 * index,
    state: 'LISTEN',
  })),
]);

const linesOf = (model: Model) => adviceText(model).split('\n');

describe('as text', () => {
  test.for([
    ['the recorded /proc', fixtureModel()],
    ['an incident', exhausted],
    ['nothing', modelOf([])],
    ['a CLOSE_WAIT leak', modelOf(connections(95, { state: 'CLOSE_WAIT' }))],
    ['IPv6', modelOf(connections(95, { local: '2001:db8:1:2:3:4:5:6', remote: '2001:db8::1' }))],
  ] as const)('%s fits into 80 columns', ([, model]) => {
    for (const line of linesOf(model)) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('the suggestions stand there with their effect, their commands and how to keep them', () => {
    const text = adviceText(exhausted);
    expect(text).toMatch(/^proxy-7 {2}Linux 6\.18\.44 {2}2026-11-21T12:00:00\.000Z\n/);
    expect(text).not.toContain('Healthy');
    expect(text).toContain(
      '\n1.  Let connect() take over ports in TIME_WAIT (tcp_tw_reuse=1) [critical]\n   Headroom 2.0% → 95.0%.\n',
    );
    expect(text).toContain('\nsysctl -w net.ipv4.tcp_tw_reuse=1\n');
    expect(text).toContain(
      "\nprintf '%s\\n' 'net.ipv4.tcp_tw_reuse=1' >> /etc/sysctl.d/90-ephtop.conf\n",
    );
  });

  test('a command of many lines can be pasted as it is', () => {
    const lines = linesOf(exhausted);
    const first = lines.findIndex((line) =>
      line.startsWith('sysctl -w net.ipv4.ip_local_reserved'),
    );
    const last = lines.findIndex((line, index) => index >= first && !line.endsWith('\\'));
    expect(last).toBeGreaterThan(first);
    const pasted = lines.slice(first, last + 1).join('\n');
    const command = exhausted.advice.find(({ id }) => id === 'widen-port-range')?.commands[0];
    const run = (script: string) =>
      execFileSync('sh', ['-c', `sysctl() { printf '<%s>' "$@"; }\n${script}`], {
        encoding: 'utf8',
      });
    expect(run(pasted)).toBe(run(command ?? ''));
  });

  test('a healthy machine says so, and how far it is from trouble', () => {
    const healthy = modelOf([...connections(15), ...timeWaits(5, 55_000, {}, 40_015)]);
    expect(adviceText(healthy)).toMatch(
      /\nHealthy\. The fullest group turns to warning at 75% of its ports in use: with\s+55\s+more\s+connections, or at 1\.0 closes\/s \(now 0\.5\)\.\n/,
    );
    const busy = modelOf(connections(15), {
      conntrack: { entries: 99, maxEntries: 100, timeWaitSeconds: 120 },
    });
    expect(adviceText(busy)).not.toContain('Healthy.');
  });

  test('without connections there is nothing to suggest', () => {
    expect(adviceText(modelOf([]))).toMatch(/every port is free\.[\s\S]*SUGGESTIONS: none\./);
  });

  test('values are not printed raw where they hold control characters', () => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_recycle': '\u001b[2J' };
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    expect(adviceText(modelOf(connections(5), { sysctls }))).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('as JSON', () => {
  test('it has the notes, and the suggestions of the snapshot', () => {
    const document = adviceDocument(exhausted);
    expect(document).toMatchObject({
      schema: 'ephtop.advice/1',
      takenAt: '2026-11-21T12:00:00.000Z',
      host: { hostname: 'proxy-7', kernel: '6.18.44' },
    });
    expect(document.advice).toEqual(snapshotDocument(exhausted).advice);
    expect(document.sysctls).toContainEqual({
      name: 'net.ipv4.tcp_tw_recycle',
      value: null,
      shouldBe: 'absent',
      meaning: expect.stringContaining('4.12') as string,
    });
  });
});
