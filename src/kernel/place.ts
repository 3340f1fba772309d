import type { ForeignText } from './foreign-text.ts';

/** A place where sockets are watched, with its own ports, sysctls and model. */
export interface Place {
  /** `here`: the network namespace that ephtop runs in. `namespace`: another one of this machine. `via`: a shell elsewhere. */
  readonly kind: 'here' | 'namespace' | 'via';
  /** Stable id: `net:` and the inode of its network namespace, if known. */
  readonly id: string;
  /** Display name: the host's or the container's. */
  readonly name: ForeignText;
  /**
   * Of a `namespace`: a file of it, by which nsenter(1) enters it from this machine; as `namespaceFile` gives it. Undefined:
   * none is known.
   */
  readonly file?: string | undefined;
}
