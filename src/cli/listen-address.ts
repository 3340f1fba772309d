import { InvalidArgumentError } from 'commander';

/** Where a server listens. */
export interface ListenAddress {
  /** An address or a host's name; undefined: all addresses of this machine. */
  readonly host: string | undefined;
  /** 0: any free one. */
  readonly port: number;
}

/** Reads `127.0.0.1:19717`, `[::1]:19717`, `localhost:19717` or `:19717`. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([^\]]*)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text.trim());
  const [, bracketed, plain, port] = match ?? [];
  if (port === undefined || (bracketed !== undefined && !bracketed.includes(':')))
    throw new InvalidArgumentError(
      'Write address and port, such as 127.0.0.1:19717, [::1]:19717 or :19717.',
    );
  if (Number(port) > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  const host = bracketed ?? plain ?? '';
  return { host: host === '' ? undefined : host, port: Number(port) };
}
