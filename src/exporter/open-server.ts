import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { printable } from '../kernel/foreign-text.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import { SERVER_OPTIONS } from './server.ts';
import { asksClients, TlsInUse } from './tls-in-use.ts';
import { isClientWelcome } from './tls-options.ts';
import type { TlsConfig, WebConfig } from './web-config.ts';
import type { WebConfigFile } from './web-config-file.ts';

/** A server that does not listen yet. */
export interface OpenServer {
  readonly server: Server;
  readonly scheme: 'http' | 'https';
  /** What the configuration says now; undefined: there is none. Throws a WebConfigError while it cannot be used. */
  readonly config: () => WebConfig | undefined;
}

/** A server for HTTP, or for HTTPS if the configuration has TLS. Throws a WebConfigError. */
export async function makeServer(file: WebConfigFile | undefined): Promise<OpenServer> {
  const tls = file?.current().tls;
  if (file === undefined || tls === undefined)
    return { server: createServer(SERVER_OPTIONS), scheme: 'http', config: () => file?.current() };
  const https = await import('node:https');
  const asked = asksClients(tls);
  const server = https.createServer({
    ...SERVER_OPTIONS,
    handshakeTimeout: 5000,
    requestCert: asked,
    // Each connection is judged by the configuration of its time.
    rejectUnauthorized: false,
  });
  const inUse = new TlsInUse(file, tls, server);
  server.prependListener('connection', () => {
    try {
      inUse.current();
    } catch {
      // The last certificate is as good as it was; requests are answered with 500.
    }
  });
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    if (!isAdmitted(socket, inUse.config, asked)) socket.destroy();
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return { server, scheme: 'https', config: () => inUse.current() };
}

/** Where clients were not asked for certificates at the start, a configuration that wants them admits nobody. */
function isAdmitted(socket: TLSSocket, tls: TlsConfig, asked: boolean): boolean {
  if (!asksClients(tls)) return true;
  return asked && isClientWelcome(socket, tls);
}

/** Listens, and returns the URL. Throws a SourceError that says what to do. */
export async function listen(
  server: Server,
  scheme: string,
  { host, port }: { readonly host: string | undefined; readonly port: number },
): Promise<string> {
  const name = `${hostInUrl(host ?? '*')}:${port}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new SourceError(`cannot listen on ${printable(name)}: ${listenProblem(error)}.`)),
    );
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
  const address = server.address() as AddressInfo;
  return `${scheme}://${hostInUrl(address.address)}:${address.port}`;
}

function hostInUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function listenProblem(error: unknown): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return 'another program listens there; choose another port with --listen';
    case 'EACCES':
      return 'ports below net.ipv4.ip_unprivileged_port_start are for root (CAP_NET_BIND_SERVICE)';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no address is known for that name';
    default:
      return failureReason(error);
  }
}
