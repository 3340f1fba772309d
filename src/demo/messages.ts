import type { AdviceId } from '../model/advice/advice.ts';

/** Suggestions that the proxy can follow by itself. */
export const PROXY_FIXES = [
  'keep-alive',
  'bind-address-no-port',
  'more-destinations',
  'more-sources',
  'close-wait-leak',
] as const satisfies readonly AdviceId[];

/** The programs of the stage, by the names that the OWNER column shows. */
export const ROLES = ['upstream', 'proxy', 'clients'] as const;
export type Role = (typeof ROLES)[number];

/** A fix in the proxy's own configuration, for all routes that the suggestion is about. */
export interface ProxyFix {
  readonly kind: 'fix';
  readonly id: (typeof PROXY_FIXES)[number];
  /** The destination of the group that it was given for. */
  readonly address: string;
  readonly port: number;
  /** Of destinations or sources: how many from now on. */
  readonly count: number;
}

/** What a program of the stage is told. */
export type Order = ProxyFix | { readonly kind: 'go' } | { readonly kind: 'pause' };

/** What the requests came to, as the clients see it. */
export interface Tally {
  /** Seconds of the timeline. */
  readonly elapsedS: number;
  readonly answered: number;
  /** By the symbolic errno that the proxy's call failed with. */
  readonly failed: Readonly<Record<string, number>>;
  /** Second of the timeline in which the last one failed; undefined: none has. */
  readonly lastFailureS: number | undefined;
}

/** What a program of the stage says. */
export type Report = { readonly kind: 'ready' } | { readonly kind: 'tally'; readonly tally: Tally };
