/** Where sockets are watched: each place has ports, sysctls and a model of its own. */
export interface Place {
  /** `here`: the network namespace that ephtop runs in. `namespace`: another one of this machine. `via`: a shell elsewhere. */
  readonly kind: 'here' | 'namespace' | 'via';
  /** Names it for good: `net:` and the inode of its network namespace, where that is told. */
  readonly id: string;
  /** As people know it, safe to print: the host's name, or a container's. */
  readonly name: string;
}
