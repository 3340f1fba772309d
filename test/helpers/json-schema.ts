import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';

type Schema = { readonly $id: string; readonly $defs?: Readonly<Record<string, unknown>> };

function shipped(name: string): Schema {
  const url = new URL(`../../schema/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Schema;
}

/** The schemas that are shipped. */
export const SNAPSHOT_SCHEMA = shipped('snapshot-1.schema.json');
export const ADVICE_SCHEMA = shipped('advice-1.schema.json');
export const NAMESPACES_SCHEMA = shipped('namespaces-1.schema.json');
export const REPORT_SCHEMA = shipped('report-1.schema.json');
export const DEMO_SCHEMA = shipped('demo-1.schema.json');
export const SCHEMAS = [
  SNAPSHOT_SCHEMA,
  ADVICE_SCHEMA,
  NAMESPACES_SCHEMA,
  REPORT_SCHEMA,
  DEMO_SCHEMA,
] as const;

/** A schema that allows no field it does not name: a promise to scripts must be written down. */
export function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, strict(value)]);
  const fields = Object.fromEntries(entries) as Record<string, unknown>;
  const isClosed = 'properties' in fields && !('additionalProperties' in fields);
  return isClosed ? { ...fields, additionalProperties: false } : fields;
}

/** Scripts take one file: no schema may need another one. */
function compiled(schema: Schema) {
  const ajv = new Ajv2020({
    allErrors: true,
    strictTypes: false,
    formats: { 'date-time': isTime },
  });
  return ajv.compile(strict(schema) as Schema);
}
const validators = new Map(SCHEMAS.map((schema) => [schema, compiled(schema)]));

/** As `Date.prototype.toISOString` writes it. */
function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** What is wrong with a document, a line for each; empty: nothing. What JSON leaves out may be there as undefined. */
export function schemaProblems(schema: Schema, document: unknown): string[] {
  const validate = validators.get(schema);
  if (validate === undefined) throw new Error(`no schema ${schema.$id}`);
  if (validate(JSON.parse(JSON.stringify(document)))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The document; throws if it is not as the schema says. */
export function asPromised<Document>(schema: Schema, document: Document): Document {
  const problems = schemaProblems(schema, document);
  if (problems.length > 0) throw new Error(`not as ${schema.$id} says:\n${problems.join('\n')}`);
  return document;
}
