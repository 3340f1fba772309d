import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { SecureContextOptions, SecureVersion, TLSSocket } from 'node:tls';
import { failureReason, readText } from '../source/read-file.ts';
import { printable, rawText } from '../kernel/foreign-text.ts';
import { type TlsConfig, type TlsVersion, WebConfigError } from './web-config.ts';

const VERSIONS: Record<TlsVersion, SecureVersion> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

const CURVES = new Map([
  ['CurveP256', 'P-256'],
  ['CurveP384', 'P-384'],
  ['CurveP521', 'P-521'],
  ['X25519', 'X25519'],
]);

/** All authorities that a system trusts are about 220 kB. */
const LONGEST_PEM = 4 * 1024 * 1024;

/** Names of files in the configuration are relative to its directory. */
export function tlsFiles(config: TlsConfig, path: string): string[] {
  const { cert_file, key_file, client_ca_file } = config;
  return [cert_file, key_file, client_ca_file].flatMap((file) =>
    file === undefined ? [] : [resolve(dirname(path), file)],
  );
}

type PemKey = 'cert' | 'key' | 'client_ca';

/** The options for Node. Reads the files. Throws a WebConfigError. */
export function secureOptions(config: TlsConfig, path: string): SecureContextOptions {
  const nameOf = (key: PemKey) => {
    const file = config[`${key}_file`];
    return printable(file === undefined ? `${path}: ${key}` : resolve(dirname(path), file));
  };
  const pem = (key: PemKey) => {
    const file = config[`${key}_file`];
    if (file === undefined) return config[key];
    try {
      return rawText(readText(resolve(dirname(path), file), LONGEST_PEM));
    } catch (error) {
      throw new WebConfigError(`${nameOf(key)} cannot be read: ${failureReason(error)}.`);
    }
  };
  const { cipher_suites: suites, curve_preferences: curves } = config;
  const [cert = '', key = '', ca] = [pem('cert'), pem('key'), pem('client_ca')];
  const certificate = certificateOf(cert, nameOf('cert'));
  if (ca !== undefined) certificateOf(ca, nameOf('client_ca'));
  if (!certificate.checkPrivateKey(privateKeyOf(key, nameOf('key'))))
    throw new WebConfigError(
      `${nameOf('key')} is not the key of the certificate in ${nameOf('cert')}; put the two that belong together there.`,
    );
  return {
    cert,
    key,
    ...(ca !== undefined && { ca }),
    minVersion: VERSIONS[config.min_version],
    maxVersion: VERSIONS[config.max_version],
    honorCipherOrder: config.prefer_server_cipher_suites,
    ...(suites !== undefined && { ciphers: suites.map(opensslName).join(':') }),
    ...(curves !== undefined && { ecdhCurve: curves.map(curveName).join(':') }),
    // A session is not to outlive a change of the configuration.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** The first certificate of a text. OpenSSL's own error names no file. */
function certificateOf(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new WebConfigError(`${name} has no certificate that can be used; put it there as PEM.`);
  }
}

function privateKeyOf(pem: string, name: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new WebConfigError(
      `${name} has no private key that can be used; put it there as PEM, without a passphrase.`,
    );
  }
}

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is `ECDHE-RSA-AES128-GCM-SHA256` to OpenSSL; names of TLS 1.3 are the same. */
function opensslName(suite: string): string {
  if (/^TLS_(?:AES_\d+_GCM|CHACHA20_POLY1305)_SHA\d+$/.test(suite)) return suite;
  const match =
    /^TLS_(ECDHE_(?:ECDSA|RSA))_WITH_(?:AES_(128|256)_(CBC|GCM)|(CHACHA20_POLY1305))_(SHA\d*)$/.exec(
      suite,
    );
  if (match === null)
    throw new WebConfigError(`the cipher suite ${JSON.stringify(suite)} is not known.`);
  const [, exchange = '', bits, mode, chacha, hash] = match;
  const cipher =
    chacha === undefined
      ? [`AES${bits}`, ...(mode === 'GCM' ? ['GCM'] : []), hash]
      : ['CHACHA20-POLY1305'];
  return [exchange.replace('_', '-'), ...cipher].join('-');
}

function curveName(curve: string): string {
  const name = CURVES.get(curve);
  if (name === undefined)
    throw new WebConfigError(
      `the curve ${JSON.stringify(curve)} is not known; those known are ${[...CURVES.keys()].join(', ')}.`,
    );
  return name;
}

/** True if the client's certificate is as good as the configuration asks for. */
export function isClientWelcome(socket: TLSSocket, config: TlsConfig): boolean {
  const { subject, subjectaltname } = socket.getPeerCertificate() ?? {};
  const isGiven = subject !== undefined || subjectaltname !== undefined;
  if (config.client_allowed_sans !== undefined) {
    const names = new Set(alternativeNames(subjectaltname ?? ''));
    if (!config.client_allowed_sans.some((name) => names.has(name))) return false;
  }
  switch (config.client_auth_type) {
    case 'NoClientCert':
    case 'RequestClientCert':
      return true;
    case 'RequireAnyClientCert':
    case 'RequireClientCert':
      return isGiven;
    case 'VerifyClientCertIfGiven':
      return !isGiven || socket.authorized;
    case 'RequireAndVerifyClientCert':
      return isGiven && socket.authorized;
  }
}

/** The names in `DNS:a, IP Address:10.0.0.1, URI:"…"`; Node quotes what has a comma in it, as JSON does. */
function alternativeNames(text: string): string[] {
  return [...text.matchAll(/[\w ]+:("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/g)].map(([, name = '']) =>
    name.startsWith('"') ? String(JSON.parse(name)) : name,
  );
}
