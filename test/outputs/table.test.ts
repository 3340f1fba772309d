import stringWidth from 'string-width';
import { describe, expect, it, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { snapshotTable } from '../../src/outputs/table.ts';
import { fixtureModel } from '../helpers/fixture.ts';
import { modelWithOwners, withInodes } from '../helpers/owners.ts';
import { modelOfSamples, pressedSamples } from '../helpers/pressure.ts';
import { connections } from '../helpers/sockets.ts';

const model = fixtureModel();

/** The fixture's groups, with numbers and addresses of very different widths. */
function unevenModel(): Model {
  const [first, second, third] = model.groups;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('three groups');
  const address = '2001:db8:1234:5678:9abc:def0:1234:5678';
  return {
    ...model,
    groups: [
      { ...first, used: 28_231, free: 0, usable: 28_231, headroomPercent: 0, etaSeconds: 0 },
      { ...second, localAddress: address, remoteAddress: address, family: 6, etaSeconds: 400 },
      { ...third, liveUsed: 27_912, closeRate: 1481.3 },
    ],
  };
}

const linesOf = (given: Model) => snapshotTable(given).split('\n');

describe('the table of the recorded /proc', () => {
  it('reads', () => {
    expect(linesOf(model)).toEqual([
      'proxy-7  Linux 6.18.44  2026-11-21T12:00:00.123Z  36 sockets by procfs in 11.2 ms',
      '10.0.3.7 → 10.0.9.21:8080 has 85.4% of its ports left and is the fullest group; growth is not known yet (0.7 closes/s, 76 of 89 left)',
      'range 40000–40099  100 ports  reserved 10  held 1  usable 89  tcp_tw_reuse 2',
      '',
      'SOURCE     DESTINATION     OWNER  USED  USABLE  FREE  HEADROOM  LIVE  TW  CLOSE/S  EMPTY IN',
      '10.0.3.7   10.0.9.21:8080  ?        13      89    76     85.4%     6   7      0.7   unknown',
      '::1        [::1]:9090      ?         5      89    84     94.4%     3   2      0.2   unknown',
      '127.0.0.1  127.0.0.1:9090  ?         3      89    86     96.6%     3   0        0   unknown',
    ]);
  });

  it('says that a sysctl is unknown', () => {
    const sysctls = { ...model.sample.sysctls, 'net.ipv4.tcp_tw_reuse': null };
    expect(snapshotTable({ ...model, sample: { ...model.sample, sysctls } })).toContain(
      'tcp_tw_reuse unknown',
    );
  });

  it('has one socket, not one sockets', () => {
    const sampling = { ...model.sample.sampling, sockets: 1 };
    const [line] = linesOf({ ...model, sample: { ...model.sample, sampling } });
    expect(line).toMatch(/Z {2}1 socket by procfs in /);
  });

  it('has its titles where there is no group', () => {
    const lines = linesOf({ ...model, groups: [], worst: undefined });
    expect(lines[1]).toBe('No outgoing TCP connections: every port is free.');
    expect(lines.slice(4)).toEqual([expect.stringMatching(/^SOURCE  DESTINATION  .*HEADROOM/)]);
  });
});

test('the owner stands in each row, and steers no terminal', () => {
  const given = modelWithOwners(withInodes(connections(4), 11), [
    { pid: 812, command: 'evil\u001b[2J', inodes: [11, 12] },
    { pid: 813, command: 'curl', inodes: [13] },
  ]);
  const [titles, row] = linesOf(given).slice(4);
  expect(titles).toMatch(/ DESTINATION {5}OWNER {11}USED/);
  expect(row).toContain(' 10.0.9.21:8080  evil\\x1b[2J +1     4 ');
});

describe.each([
  ['the recorded groups', model],
  ['uneven ones', unevenModel()],
])('the lines of %s', (_, given) => {
  const lines = linesOf(given);

  it('hold no control characters and no blanks at their ends', () => {
    for (const line of lines) {
      expect(line).not.toMatch(/\p{Cc}/u);
      expect(line).toBe(line.trimEnd());
    }
  });

  it('are aligned', () => {
    const [titles = '', ...rows] = lines.slice(4);
    for (const row of rows) expect(stringWidth(row)).toBe(stringWidth(titles));
    // A number ends where its title ends, and is parted from its neighbours.
    for (const title of [
      'USED',
      'USABLE',
      'FREE',
      'HEADROOM',
      'LIVE',
      'TW',
      'CLOSE/S',
      'EMPTY IN',
    ]) {
      const end = titles.search(new RegExp(`(?<= )${title}( |$)`)) + title.length;
      for (const row of rows) expect(row.slice(end - 1, end + 2)).toMatch(/^\S( {2})?$/);
    }
    const destination = titles.indexOf('DESTINATION');
    for (const row of rows) expect(row.slice(destination - 2, destination + 1)).toMatch(/^ {2}\S$/);
  });
});

test.for([
  ['seen', 'REFUSED/S', '30'],
  ['unseen', 'WANTED/S', '≥5.0'],
] as const)(
  'where ports run out and refusals are %s, %s stands there',
  ([refusals, title, text]) => {
    const [titles = '', pressed = '', well = ''] = linesOf(
      modelOfSamples(pressedSamples(refusals)),
    ).slice(4);
    expect(titles).toMatch(new RegExp(` CLOSE/S {2}${title} {2}EMPTY IN$`));
    const end = titles.indexOf(title) + title.length;
    const cell = (row: string) => row.slice(end - title.length, end).trim();
    expect([cell(pressed), cell(well)]).toEqual([text, '']);
  },
);
