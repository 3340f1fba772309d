/** Host names in place of addresses, and titles that say what the rows are. */
import { expect, test } from 'vitest';
import { openApp } from '../helpers/open-app.tsx';
import { connections, modelOf } from '../helpers/sockets.ts';

const [ONE, OTHER] = [
  '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1000',
  '2001:db8:aaaa:bbbb:cccc:dddd:eeee:2000',
];

test.each([
  [120, 40],
  [80, 24],
  [60, 15],
])('at %i x %i, the verdict and the row have the name of a destination', async (columns, rows) => {
  const { store, press } = openApp({ columns, rows }, modelOf(connections(90)));
  expect(await press()).not.toContain('backend');
  await press('n');
  store.dispatch({ type: 'host-name', address: '10.0.9.21', name: 'backend.example' });
  const text = await press();
  expect(text.match(/→ backend\.example:8080/g)).toHaveLength(2);
  expect(await press('n')).not.toContain('backend');
});

test.each([
  [50, /^ {3}DESTINATION /m],
  [80, /^ {3}SOURCE → DESTINATION /m],
])(
  'at %i columns, the title of IPv6 labels says what stands in the rows',
  async (columns, title) => {
    const model = modelOf([
      ...connections(3, { local: ONE, remote: ONE }),
      ...connections(2, { local: OTHER, remote: OTHER }),
    ]);
    expect(await openApp({ columns, rows: 15 }, model).press()).toMatch(title);
  },
);
