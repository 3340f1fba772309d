import { expect, test } from 'vitest';
import { nameInHosts } from '../../src/source/hosts-file.ts';

const HOSTS = `127.0.0.1 localhost
10.0.9.21\tbackend.example  backend # the first name is the canonical one
#10.0.9.22 out-of-order.example
10.0.9.21 later.example
10.0.9.23
2001:DB8:0:0:0:0:0:1   six.example six
fe80::1%lo zone.example
`;

test.each([
  ['10.0.9.21', 'backend.example'],
  ['10.0.9.22', undefined],
  ['10.0.9.23', undefined],
  ['10.0.9.2', undefined],
  ['2001:db8::1', 'six.example'],
  ['fe80::1', undefined],
])('the name of %s is %s', (address, name) => {
  expect(nameInHosts(HOSTS, address)).toBe(name);
  expect(nameInHosts('', address)).toBeUndefined();
});
