/** The manifests against Kubernetes' own schema, which kubernetes-models has as types and as validators. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const OPERATOR = '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';

/** Where the type of a kind is, and its model. */
const KINDS: Readonly<Record<string, readonly [module: string, model: Model]>> = {
  Namespace: ['kubernetes-models/v1', Namespace],
  DaemonSet: ['kubernetes-models/apps/v1', DaemonSet],
  Deployment: ['kubernetes-models/apps/v1', Deployment],
  PodMonitor: [OPERATOR, PodMonitor],
};

type Model = new (manifest: never) => { validate(): void };

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: Spec;
}

interface Spec {
  readonly selector?: { readonly matchLabels?: Record<string, string> };
  readonly template?: { readonly metadata: { readonly labels: Record<string, string> } };
}

function manifests(file: string): Manifest[] {
  const text = readFileSync(join(ROOT, 'deploy/kubernetes', file), 'utf8');
  return parseAllDocuments(text, { strict: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
}

/** What the compiler says of the manifests as values of their types: unknown keys too, which the validators let pass. */
function typeErrors(all: readonly unknown[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-manifests-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const lines = (all as Manifest[]).map((manifest, index) => {
    const type = `import(${JSON.stringify(KINDS[manifest.kind]?.[0])}).I${manifest.kind}`;
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};\n`;
  });
  writeFileSync(join(directory, 'manifests.ts'), lines.join(''));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
  const { stdout } = spawnSync(process.execPath, [compiler, ...flags, 'manifests.ts'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return stdout;
}

const FILES = ['daemonset.yaml', 'sidecar.yaml', 'podmonitor.yaml'];
const ALL = FILES.flatMap(manifests);

test.each(ALL)('$kind $metadata.name is valid', (manifest) => {
  const [, SomeModel] = KINDS[manifest.kind] ?? [];
  if (SomeModel === undefined) throw new Error(`no schema of ${manifest.kind}`);
  expect(() => new SomeModel(manifest as never).validate()).not.toThrow();
});

test('no manifest has a key that its kind has not', () => {
  expect(typeErrors(ALL)).toBe('');
});

test('an unknown key, a wrong type and a wrong choice would be found', () => {
  const text = JSON.stringify(manifests('daemonset.yaml')[1]);
  const spoilt = [
    text.replace('"hostNetwork":true', '"hostNetwrk":true'),
    text.replace('"containerPort":19717', '"containerPort":"19717"'),
    text.replace('"type":"RollingUpdate"', '"type":"Rolling"'),
  ];
  for (const wrong of spoilt) expect(wrong).not.toBe(text);
  const errors = typeErrors(spoilt.map((wrong) => JSON.parse(wrong) as unknown));
  expect(errors.match(/^manifests\.ts\(/gm)).toHaveLength(3);
  expect(errors).toContain('hostNetwrk');
});

test('selectors select the pods that they are for', () => {
  const [monitor] = manifests('podmonitor.yaml');
  for (const { kind, spec } of ALL) {
    if (kind !== 'DaemonSet' && kind !== 'Deployment') continue;
    const labels = spec?.template?.metadata.labels;
    expect(labels).toMatchObject(spec?.selector?.matchLabels ?? { missing: '' });
    expect(labels).toMatchObject(monitor?.spec?.selector?.matchLabels ?? { missing: '' });
  }
});
