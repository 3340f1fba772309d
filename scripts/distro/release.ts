/** What a distribution's package says of itself. */
import { readManifest, ROOT } from '../bundle.ts';
import { sourceDate } from '../source-date.ts';
import type { Architecture } from '../standalone/slim-node.ts';

export interface Release {
  readonly version: string;
  readonly architecture: Architecture;
  /** One line, with a capital and without a full stop. */
  readonly summary: string;
  /** Lines of 80 characters at most; an empty one separates paragraphs. */
  readonly description: readonly string[];
  readonly maintainer: string;
  /** Unix time. */
  readonly date: number;
}

/** The release of this checkout. Whoever distributes packages of their own sets EPHTOP_MAINTAINER. */
export async function releaseOf(architecture: Architecture): Promise<Release> {
  const { version } = await readManifest(ROOT);
  return {
    version,
    architecture,
    summary: 'Live, top-style monitor for ephemeral TCP port exhaustion',
    description: [
      'ephtop shows which upstream is running out of source ports, when it will run',
      'out, why, and what to do about it. It reads the kernel over netlink, counts',
      'refused connections, and never writes to the kernel.',
      '',
      'Beside the live view it has a check for monitoring systems, an exporter for',
      'Prometheus, a recorder and reports. Units for systemd come along, and none of',
      'them is enabled.',
    ],
    maintainer: process.env['EPHTOP_MAINTAINER'] ?? 'the ephtop authors <authors@ephtop.invalid>',
    date: sourceDate(),
  };
}
