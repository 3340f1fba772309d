import { parse, YAMLParseError } from 'yaml';
import { printable } from '../kernel/foreign-text.ts';

/** The values of `client_auth_type`, which are those of Go's crypto/tls. */
const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'RequireClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

/** `tls_server_config`, with the file's names. */
export interface TlsConfig {
  readonly cert?: string;
  readonly cert_file?: string;
  readonly key?: string;
  readonly key_file?: string;
  readonly client_ca?: string;
  readonly client_ca_file?: string;
  readonly client_auth_type: ClientAuthType;
  readonly client_allowed_sans?: readonly string[];
  readonly min_version: TlsVersion;
  readonly max_version: TlsVersion;
  readonly cipher_suites?: readonly string[];
  readonly curve_preferences?: readonly string[];
  readonly prefer_server_cipher_suites: boolean;
}

/** A web configuration file of Prometheus' exporter-toolkit. */
export interface WebConfig {
  /** Undefined: no TLS. */
  readonly tls: TlsConfig | undefined;
  /** Headers of every response. */
  readonly headers: ReadonlyMap<string, string>;
  /** Hashes of passwords (bcrypt) by user; empty: no authentication. */
  readonly users: ReadonlyMap<string, string>;
}

/** The file cannot be used. The message is one sentence, safe to print. */
export class WebConfigError extends Error {}

const TLS_VERSIONS = ['TLS10', 'TLS11', 'TLS12', 'TLS13'] as const;

export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** Headers that may be set, with their valid values; undefined: any. */
const HEADERS: Readonly<Record<string, readonly string[] | undefined>> = {
  'Strict-Transport-Security': undefined,
  'X-Content-Type-Options': ['nosniff'],
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-XSS-Protection': undefined,
  'Content-Security-Policy': undefined,
};

type Reader<Value> = (value: unknown, name: string) => Value;

const TLS_KEYS: { readonly [Name in keyof TlsConfig]-?: Reader<NonNullable<TlsConfig[Name]>> } = {
  cert: text,
  cert_file: text,
  key: text,
  key_file: text,
  client_ca: text,
  client_ca_file: text,
  client_auth_type: oneOf(CLIENT_AUTH_TYPES),
  client_allowed_sans: texts,
  min_version: oneOf(TLS_VERSIONS),
  max_version: oneOf(TLS_VERSIONS),
  cipher_suites: texts,
  curve_preferences: texts,
  prefer_server_cipher_suites: trueOrFalse,
};

/** Reads the text of a file. `path` is for messages. Throws a WebConfigError. */
export function parseWebConfig(content: string, path: string): WebConfig {
  try {
    const file = section(yamlOf(content), 'the file', {
      tls_server_config: tlsConfig,
      http_server_config: httpHeaders,
      basic_auth_users: usersOf,
    });
    return {
      tls: file.tls_server_config,
      headers: file.http_server_config ?? new Map(),
      users: file.basic_auth_users ?? new Map(),
    };
  } catch (error) {
    if (!(error instanceof WebConfigError)) throw error;
    throw new WebConfigError(`${printable(path)}: ${printable(error.message)}`);
  }
}

function yamlOf(content: string): unknown {
  try {
    // The core schema alone: no timestamps, no merge keys. A map in which no key is special.
    return parse(content, { mapAsMap: true, logLevel: 'error' });
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const kind = error instanceof YAMLParseError ? 'this is not YAML' : 'cannot be read';
    throw new WebConfigError(`${kind}: ${reason.replace(/:$/, '')}.`);
  }
}

/** The values of a map, each read by the reader of its key; other keys are errors. */
function section<Readers extends Readonly<Record<string, Reader<unknown>>>>(
  value: unknown,
  name: string,
  readers: Readers,
): { -readonly [Key in keyof Readers]?: ReturnType<Readers[Key]> } {
  const found: [string, unknown][] = [...mapOf(value, name)].map(([key, inner]) => {
    if (!Object.hasOwn(readers, key)) {
      const known = Object.keys(readers).join(', ');
      throw new WebConfigError(`${name} has no key ${quoted(key)}; its keys are ${known}.`);
    }
    return [key, readers[key]?.(inner, key)];
  });
  return Object.fromEntries(found) as { [Key in keyof Readers]?: ReturnType<Readers[Key]> };
}

/** An empty section is one without keys. */
function mapOf(value: unknown, name: string): ReadonlyMap<string, unknown> {
  if (value === null || value === undefined) return new Map();
  if (!(value instanceof Map)) throw new WebConfigError(`${name} must have keys and values.`);
  return new Map([...value].map(([key, inner]) => [String(key), inner]));
}

function tlsConfig(value: unknown, name: string): TlsConfig | undefined {
  const found = section(value, name, TLS_KEYS);
  if (Object.keys(found).length === 0) return undefined;
  const config: TlsConfig = {
    client_auth_type: 'NoClientCert',
    min_version: 'TLS12',
    max_version: 'TLS13',
    prefer_server_cipher_suites: true,
    ...found,
  };
  for (const what of ['cert', 'key'] as const) {
    if ((config[what] === undefined) === (config[`${what}_file`] === undefined))
      throw new WebConfigError(`${name} needs one of ${what}_file and ${what}.`);
  }
  const { client_auth_type: auth } = config;
  const hasCa = (config.client_ca ?? config.client_ca_file) !== undefined;
  if (hasCa && auth === 'NoClientCert')
    throw new WebConfigError('client_ca_file is of no use without client_auth_type.');
  if (!hasCa && auth.includes('Verify'))
    throw new WebConfigError(`client_auth_type ${auth} needs client_ca_file.`);
  if (config.client_allowed_sans !== undefined && !auth.startsWith('Require'))
    throw new WebConfigError(
      'client_allowed_sans needs the client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert.',
    );
  if (config.min_version > config.max_version)
    throw new WebConfigError('min_version is above max_version.');
  return config;
}

function httpHeaders(value: unknown, name: string): ReadonlyMap<string, string> {
  // Every client of HTTP/2 speaks HTTP/1.1, which is what is spoken here.
  const { headers } = section(value, name, { http2: trueOrFalse, headers: mapOf });
  const found = new Map<string, string>();
  for (const [header, given] of headers ?? []) {
    if (!Object.hasOwn(HEADERS, header))
      throw new WebConfigError(
        `the header ${quoted(header)} cannot be set; those that can be are ${Object.keys(HEADERS).join(', ')}.`,
      );
    const content = text(given, header);
    if (/[^\t\x20-\x7e]/.test(content))
      throw new WebConfigError(`${header} must be printable ASCII.`);
    const valid = HEADERS[header];
    if (valid !== undefined && !valid.includes(content))
      throw new WebConfigError(`${header} must be ${valid.join(' or ')}.`);
    if (content !== '') found.set(header, content);
  }
  return found;
}

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** A comparison takes twice as long with each step. At 15 it is two seconds. */
const HIGHEST_COST = 15;

function usersOf(value: unknown, name: string): ReadonlyMap<string, string> {
  const users = [...mapOf(value, name)].map(([user, hash]): [string, string] => {
    const cost = BCRYPT.exec(text(hash, name))?.[1];
    if (cost === undefined)
      throw new WebConfigError(
        `the password of ${quoted(user)} is not a bcrypt hash; htpasswd -nBC 10 "" makes one.`,
      );
    if (Number(cost) < 4 || Number(cost) > HIGHEST_COST)
      throw new WebConfigError(
        `the cost of the hash of ${quoted(user)} must lie between 4 and ${HIGHEST_COST}.`,
      );
    return [user, text(hash, name)];
  });
  return new Map(users);
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new WebConfigError(`${name} must be text.`);
  return value;
}

function texts(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value)) throw new WebConfigError(`${name} must be a list.`);
  return value.map((item) => text(item, name));
}

function trueOrFalse(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new WebConfigError(`${name} must be true or false.`);
  return value;
}

function oneOf<const Choice extends string>(choices: readonly Choice[]): Reader<Choice> {
  return (value, name) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined)
      throw new WebConfigError(`${name} must be one of ${choices.join(', ')}.`);
    return chosen;
  };
}

function quoted(key: string): string {
  return JSON.stringify(key);
}
