import type { GroupModel } from '../model/group-model.ts';

/** What an alarm looks at. */
type Watched = Pick<GroupModel, 'key' | 'severity'>;

/** Tells when a group turns critical: once, until it is healthy again. */
export class Alarm {
  /** Groups that were critical, and have not been healthy since; undefined before the first look. */
  #told: ReadonlySet<string> | undefined;

  /** True if one of these has turned critical; what is so at the first look can be seen, and is no news. */
  push(groups: readonly Watched[]): boolean {
    const critical = groups.filter(({ severity }) => severity === 'critical');
    const told = this.#told ?? new Set(critical.map(({ key }) => key));
    const isNews = critical.some(({ key }) => !told.has(key));
    const stillIll = groups.filter(({ key, severity }) => severity !== 'info' && told.has(key));
    this.#told = new Set([...stillIll, ...critical].map(({ key }) => key));
    return isNews;
  }
}
