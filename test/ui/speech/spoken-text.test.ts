import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counted,
  spokenPercent,
  spokenRate,
  spokenText,
} from '../../../src/ui/speech/spoken-text.ts';
import { spokenKeys } from '../../../src/ui/speech/spoken-key.ts';
import { explainSysctls } from '../../../src/model/sysctl-notes.ts';
import { KEYMAP } from '../../../src/ui/keymap.ts';
import { connections, modelOf, timeWaits } from '../../helpers/sockets.ts';

test.for([
  ['10.0.3.7 → 10.0.9.21:8080', '10.0.3.7 to 10.0.9.21 port 8080'],
  ['::1 → [2001:db8::2]:443', '::1 to 2001:db8::2 port 443'],
  ['range 1024–65535, 1–9 opens one', 'range 1024 to 65535, 1 to 9 opens one'],
  ['destinations ×3', 'destinations times 3'],
  ['luck only (±1)', 'luck only (plus or minus 1)'],
  ['at 470 closes/s, 50% of it', 'at 470 closes per second, 50 percent of it'],
  ['1 s, 38 s, 2 min 1 s, 1 h 5 min', '1 second, 38 seconds, 2 minutes 1 second, 1 hour 5 minutes'],
  ['older than 1000 ms', 'older than 1000 milliseconds'],
  ['less than 1 s', 'less than 1 second'],
  ['connect() takes TIME_WAIT over', 'connect takes TIME WAIT over'],
  ['CLOSE_WAIT, FIN_WAIT2, SYN_SENT', 'CLOSE WAIT, FIN WAIT2, SYN SENT'],
  // Names that are typed stay as they are.
  ['set IP_BIND_ADDRESS_NO_PORT and net.ipv4.tcp_tw_reuse', undefined],
  ['one thing — another', 'one thing, another'],
] as const)('%j is said in words', ([seen, said]) => {
  expect(spokenText(seen)).toBe(said ?? seen);
});

test('what was put into words once stays as it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('1', 's', ' ', '%', '→', 'TIME_WAIT', '×2', '–', ':80', 'x')),
      (pieces) => {
        const said = spokenText(pieces.join(' '));
        expect(spokenText(said)).toBe(said);
      },
    ),
  );
});

test('nothing of what the program explains needs eyes', () => {
  const model = modelOf([...connections(4), ...timeWaits(90, 57_000, {}, 40_004)]);
  const texts = [
    ...explainSysctls(model).map(({ meaning }) => meaning),
    ...model.advice.flatMap(({ title, why, caution = '' }) => [title, why, caution]),
    ...KEYMAP.map(({ help }) => help),
  ];
  expect(texts.length).toBeGreaterThan(30);
  // oxlint-disable-next-line no-control-regex -- the ASCII range is what this is about
  for (const text of texts) expect(spokenText(text)).toMatch(/^[\x20-\x7e]*$/);
});

test.for([
  ['0', '0 closes'],
  ['1', '1 close'],
  ['1,209', '1,209 closes'],
] as const)('%s is counted', ([count, said]) => {
  expect(counted(count, 'close')).toBe(said);
});

test('figures', () => {
  expect(spokenPercent(4.36)).toBe('4.4 percent');
  expect(spokenRate(481.2, 'close')).toBe('481 closes per second');
  expect(spokenRate(1632.4, 'close')).toBe('1,632 closes per second');
  expect(spokenRate(0.36, 'close')).toBe('0.4 closes per second');
  expect(spokenRate(0.01, 'close')).toBe('less than 0.1 closes per second');
});

test('keys are named, not drawn', () => {
  expect(spokenKeys(['up', 'k'])).toBe('up arrow or k');
  expect(spokenKeys(['end', 'G'])).toBe('end or capital G');
  expect(spokenKeys(['?', '<', 'ctrl-z'])).toBe('question mark or less than or control z');
  for (const { keys } of KEYMAP) expect(spokenKeys(keys)).toMatch(/^[a-zA-Z0-9 ]+$/);
});
