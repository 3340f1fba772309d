import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Admission } from './basic-auth.ts';
import { Connections } from './connections.ts';
import type { Scrape } from './scrapes.ts';
import { WebConfigError } from './web-config.ts';

/** What is answered with. */
export interface Site {
  /** The metrics; undefined: they take too long. */
  readonly metrics: () => Promise<Scrape | undefined>;
  /** Media type of the metrics. */
  readonly metricsType: string;
  /** Why the exporter is of no use, in a sentence; undefined: it works. */
  readonly problem: () => string | undefined;
  /** HTML for `/`. */
  readonly page: string;
  /** Who may ask; throws if that is not known. */
  readonly admit: (authorization: string | undefined) => Promise<Admission>;
  /** More headers for each response. */
  readonly headers: () => ReadonlyMap<string, string>;
}

/** Nobody needs long to ask, and who does not read an answer does not get it. */
export const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 65_000,
};

/** A connection on which nothing happens for this long ends; longer than a client may rest between two requests. */
const IDLE_MS = 70_000;

/** Makes a server answer with the site, and stand clients that are slow, many or mad. */
export function serveSite(server: Server, site: Site): void {
  server.setTimeout(IDLE_MS, (socket) => socket.destroy());
  // Who has said all that there is to say may close that side, and still listen.
  Object.assign(server, { httpAllowHalfOpen: true });
  const connections = new Connections(server);
  server.on('request', (request, response) => {
    connections.inTurn(request, () => answered(request, response, site));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? '408 Request Timeout'
          : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  });
}

/** Answers; resolves when the answer has gone, or its connection has. */
async function answered(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  const gone = finished(response).catch(() => {});
  try {
    await answer(request, response, site);
  } catch (error) {
    const problem =
      error instanceof WebConfigError
        ? 'The web configuration cannot be used, the log of the exporter says why.'
        : 'Internal error, see the log.';
    if (response.headersSent) response.destroy();
    else send(response, request, 500, problem);
  }
  await gone;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  for (const [name, value] of site.headers()) response.setHeader(name, value);
  const admission = await site.admit(request.headers.authorization);
  if (admission === 'busy') {
    response.setHeader('Retry-After', '1');
    return send(response, request, 503, 'Too many are waiting to be authenticated.');
  }
  if (admission === 'unauthorized') {
    response.setHeader('WWW-Authenticate', 'Basic realm="ephtop", charset="UTF-8"');
    return send(response, request, 401, 'Unauthorized');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return send(response, request, 405, 'Method not allowed');
  }
  switch (request.url?.split('?')[0]) {
    case '/metrics':
      return sendMetrics(request, response, site);
    case '/healthz': {
      const problem = site.problem();
      return send(response, request, problem === undefined ? 200 : 503, problem ?? 'OK');
    }
    case '/':
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      return send(response, request, 200, site.page);
    default:
      return send(response, request, 404, 'Not found; there are /metrics and /healthz.');
  }
}

async function sendMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  const scrape = await site.metrics();
  if (scrape === undefined)
    return send(response, request, 503, 'Reading the kernel takes too long.');
  response.setHeader('Content-Type', site.metricsType);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Vary', 'Accept-Encoding');
  if (!acceptsGzip(request.headers['accept-encoding']))
    return send(response, request, 200, scrape.plain);
  response.setHeader('Content-Encoding', 'gzip');
  send(response, request, 200, await scrape.gzipped());
}

/** RFC 9110, 12.5.3; a weight of 0 says no. */
export function acceptsGzip(header: string | string[] | undefined = ''): boolean {
  const codings = String(header)
    .toLowerCase()
    .split(',')
    .map((coding) => coding.replace(/\s/g, '').split(';q='));
  const weightOf = (name: string) => {
    const found = codings.find(([coding]) => coding === name);
    return found === undefined ? undefined : Number(found[1] ?? 1);
  };
  return (weightOf('gzip') ?? weightOf('*') ?? 0) > 0;
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  status: number,
  body: string | Buffer,
): void {
  const content = typeof body === 'string' ? Buffer.from(`${body}\n`) : body;
  if (!response.hasHeader('Content-Type'))
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', content.length);
  response.writeHead(status);
  response.end(request.method === 'HEAD' ? undefined : content);
}
