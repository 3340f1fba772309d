import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { snapshotDocument } from '../helpers/documents.ts';
import { asPromised, SCHEMAS, schemaProblems, SNAPSHOT_SCHEMA } from '../helpers/json-schema.ts';

import { connections, modelOf } from '../helpers/sockets.ts';

const document = () =>
  JSON.parse(JSON.stringify(snapshotDocument(modelOf(connections(3))))) as Record<string, unknown>;

/** Every part of a schema that describes a value, with its place. */
function* parts(schema: unknown, place = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties')
      for (const [name, part] of Object.entries(value as Record<string, unknown>))
        yield [`${place}.${name}`, part as Record<string, unknown>];
    yield* parts(value, `${place}/${key}`);
  }
}

describe.each(SCHEMAS)('$title', (schema) => {
  test('describes every field, or refers to what does', () => {
    for (const [place, part] of parts(schema)) {
      const isKnown = '$ref' in part || 'description' in part || part['type'] === 'object';
      expect(isKnown, place).toBe(true);
    }
  });

  test('needs no other file', () => {
    for (const [, ref = ''] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)) {
      expect(ref).toMatch(/^#\/\$defs\/\w+$/);
      expect(schema.$defs).toHaveProperty(ref.slice('#/$defs/'.length));
    }
  });

  test('defines what it shares with the snapshot in the same words', () => {
    const { $defs: ours = {} } = schema;
    const { $defs: shared = {} } = SNAPSHOT_SCHEMA;
    for (const name of Object.keys(ours).filter((each) => each in shared))
      expect(ours[name], name).toEqual(shared[name]);
  });
});

test('every shipped schema is tested', () => {
  const files = readdirSync(new URL('../../schema', import.meta.url));
  expect(files.toSorted()).toEqual(
    SCHEMAS.map(({ $id }) => `${$id.split(':')[2]}-1.schema.json`).toSorted(),
  );
});

test('a document is as the schema says', () => {
  expect(schemaProblems(SNAPSHOT_SCHEMA, document())).toEqual([]);
});

test.each([
  ['a field that is missing', { portSpace: { low: 1 } }],
  ['a field that is not promised', { nonsense: 1 }],
  ['a value of another type', { timeWaitSeconds: '60' }],
  ['a time that is none', { takenAt: 'yesterday' }],
  ['another version', { schema: 'ephtop.snapshot/2' }],
])('%s is seen', (_, change) => {
  expect(() => asPromised(SNAPSHOT_SCHEMA, { ...document(), ...change })).toThrow(
    /^not as urn:ephtop:snapshot:1 says:/,
  );
});
