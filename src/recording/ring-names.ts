/** The older file of a ring: `web.eph.gz` is followed by `web-older.eph.gz`. */
export function olderName(path: string): string {
  const [, stem = path, ending = ''] = /^(.*?[^/])((?:\.eph)?\.gz)$/s.exec(path) ?? [];
  return `${stem}-older${ending}`;
}
