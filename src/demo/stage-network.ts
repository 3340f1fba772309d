import { readlinkSync, writeFileSync } from 'node:fs';
import { settingOf } from '../model/followed-advice.ts';
import { SourceError } from '../source/source-error.ts';
import { PROXY, type Scenario } from './story/scenario.ts';
import type { StageSockets } from './stage-sockets.ts';

/** The network namespace of this process, such as `net:[4026531840]`. */
export function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net');
}

/**
 * The network of the stage. Its sysctls are the only thing that ephtop ever writes to the kernel, and they belong to this
 * namespace alone.
 */
export class StageNetwork {
  /** `outside` is the namespace that the demo was started in. Throws SourceError if this is still the same. */
  constructor(outside: string) {
    if (networkNamespace() === outside)
      throw new SourceError('the demo has no network namespace of its own; please report this.');
  }

  /** Addresses and range of a scenario. Throws SourceError if the network is in use: then it is not new. */
  furnish({ range }: Scenario, sockets: StageSockets): void {
    sockets.furnishLoopback(PROXY.address);
    this.#write('net.ipv4.ip_local_port_range', `${range.low} ${range.high}`);
  }

  /** Runs commands that only set sysctls of the network. Returns false, and does nothing, if one does anything else. */
  run(commands: readonly string[]): boolean {
    const settings = commands.map(settingOf);
    if (!settings.every((setting) => setting?.name.startsWith('net.ipv4.') === true)) return false;
    for (const setting of settings)
      if (setting !== undefined) this.#write(setting.name, setting.value);
    return true;
  }

  #write(name: string, value: string): void {
    writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value);
  }
}
