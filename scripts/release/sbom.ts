/** The bill of materials: what is in the bundle and in the executables, as CycloneDX, by npm. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

import { ROOT } from '../bundle.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  serialNumber: string;
  metadata: { timestamp: string; component: { 'bom-ref': string } };
  components: readonly Component[];
  dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Whether npm says of a package that it is for development only. */
function isForDevelopment({ properties }: Component): boolean {
  return properties.some(({ name }) => name === 'cdx:npm:package:development');
}

/**
 * Made of the lock file alone: the packages that are bundled, and the Nodes of the executables. (Not by `--omit dev`, which of npm
 * 11 also leaves out what the bundle and a tool share.) npm would give it a random number, the time of day and the name of
 * the directory; here they come from the content and from `date` (Unix time), so that it is the same when made again.
 */
export function billOfMaterials(date: number): string {
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const text = execFileSync('npm', words, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const bom = JSON.parse(text) as Bom;
  const { component } = bom.metadata;
  Object.assign(component, { type: 'application', name: 'ephtop', properties: [] });
  bom.components = bom.components.filter((each) => !isForDevelopment(each));
  const kept = new Set([component, ...bom.components].map((each) => each['bom-ref']));
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }));
  bom.metadata.timestamp = new Date(date * 1000).toISOString();
  bom.serialNumber = '';
  const hash = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  // As a UUID of version 8, whose content is the maker's own (RFC 9562).
  const [, a, b, c, d, e] = /^(.{8})(.{4})(.{3})(.{3})(.{12})/.exec(hash) ?? [];
  bom.serialNumber = `urn:uuid:${a}-${b}-8${c}-8${d}-${e}`;
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}
