import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortLabel } from '../../src/format/short-label.ts';
import { stringWidth } from '../../src/format/string-width.ts';
import { copiedNotice } from '../../src/format/copied.ts';
import { wrapAll } from '../../src/format/wrap.ts';

const glyphs = { ellipsis: '…', arrow: '→' };
const ipv6 = {
  localAddress: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1000',
  remoteAddress: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1001',
  remotePort: 8443,
};

describe('a label', () => {
  test.for([
    [90, `${ipv6.localAddress} → [${ipv6.remoteAddress}]:8443`],
    [89, `${ipv6.localAddress} → [${ipv6.remoteAddress}]:8443`],
    [56, '2001:db8:aa…:eeee:1000 → [2001:db8:aaa…d:eeee:1001]:8443'],
    [38, '2001:db…ee:1000 → [2001:d…e:1001]:8443'],
    [37, '→ [2001:db8:aaaa:…ddd:eeee:1001]:8443'],
  ] as const)('of IPv6 in %i columns', ([width, text]) => {
    expect(shortLabel(ipv6, width, { ...glyphs, source: 'end' })).toBe(text);
  });

  test('has its port at any width, and never more than there is room for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 14, max: 120 }),
        fc.constantFrom('whole' as const, 'end' as const, 'none' as const),
        fc.constantFrom(undefined, 'eth0'),
        (width, source, device) => {
          const group = device === undefined ? ipv6 : { ...ipv6, device };
          const room = width + (device === undefined ? 0 : ' %eth0'.length);
          const label = shortLabel(group, room, { ...glyphs, source });
          expect(stringWidth(label)).toBeLessThanOrEqual(room);
          expect(label).toMatch(device === undefined ? /\]:8443$/ : /\]:8443 %eth0$/);
        },
      ),
    );
  });
});

describe('what was copied', () => {
  test.for([
    [1, true, 63, 'copied 1 line; if your terminal refuses OSC 52, select it here:'],
    [1, true, 62, 'copied 1 line, or select it here:'],
    [2, false, 77, 'copied 2 lines, if your terminal takes OSC 52; too long to show here: scroll'],
    [2, false, 39, 'copied, if the terminal takes OSC 52'],
    [0, true, 39, 'nothing to copy: no command for this'],
  ] as const)('%i lines, shown %j, in %i columns', ([lines, shown, width, text]) => {
    expect(copiedNotice(lines, shown, width)).toBe(text);
    expect(text.length).toBeLessThanOrEqual(width);
  });
});

describe('a word that is too long', () => {
  test.for([
    ['net.ipv4.ip_local_reserved_ports: none', 29, ['net.ipv4.ip_local_reserved_', 'ports: none']],
    ['at 2001:db8:aaaa:bbbb now', 12, ['at', '2001:db8:', 'aaaa:bbbb', 'now']],
    ['abcdefgh i', 4, ['abcd', 'efgh', 'i']],
    ['fits all', 8, ['fits all']],
  ] as const)('%j in %i columns is cut behind a part', ([text, width, lines]) => {
    expect(wrapAll(text, width)).toEqual(lines);
  });
});
