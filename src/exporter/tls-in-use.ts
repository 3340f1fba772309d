import type { Server } from 'node:https';
import { printable } from '../kernel/foreign-text.ts';
import { secureOptions, tlsFiles } from './tls-options.ts';
import { type TlsConfig, type WebConfig, WebConfigError } from './web-config.ts';
import { stampOf, type WebConfigFile, withoutRestart } from './web-config-file.ts';

/** True if clients are to have certificates, or may. */
export function asksClients({ client_auth_type: type }: TlsConfig): boolean {
  return type !== 'NoClientCert';
}

/** The last TLS configuration that could be used. Certificates and keys are read again when a file has changed. */
export class TlsInUse {
  readonly #file: WebConfigFile;
  readonly #server: Pick<Server, 'setSecureContext'>;
  #stamp = '';
  #problem: WebConfigError | undefined;
  #config: TlsConfig;

  /** Throws a WebConfigError if the server cannot use the configuration. */
  constructor(file: WebConfigFile, config: TlsConfig, server: Pick<Server, 'setSecureContext'>) {
    this.#file = file;
    this.#server = server;
    this.#config = config;
    this.current();
  }

  /** The configuration by which connections are judged; also while the file has another that cannot be used. */
  get config(): TlsConfig {
    return this.#config;
  }

  /** What the file says now; the next connection gets its certificate. Throws a WebConfigError if it cannot be used. */
  current(): WebConfig {
    const current = this.#file.current();
    const { path } = this.#file;
    if (current.tls === undefined) throw withoutRestart(path, 'tls_server_config');
    if (asksClients(this.#config) && !asksClients(current.tls))
      throw withoutRestart(path, 'client_auth_type');
    const stamp = stampOf([path, ...tlsFiles(current.tls, path)]);
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#problem = this.#use(current.tls);
    }
    if (this.#problem !== undefined) throw this.#problem;
    return current;
  }

  #use(config: TlsConfig): WebConfigError | undefined {
    const { path } = this.#file;
    try {
      this.#server.setSecureContext(secureOptions(config, path));
      this.#config = config;
      return undefined;
    } catch (error) {
      if (error instanceof WebConfigError) return error;
      // OpenSSL's words, such as those for cipher suites that this build of it lacks.
      const words = error instanceof Error ? error.message : String(error);
      return new WebConfigError(
        `${printable(path)}: tls_server_config cannot be used: ${printable(words)}.`,
      );
    }
  }
}
