/** What a distribution's package does about its units of systemd: none is enabled or started, what runs is restarted or ended. */

export const UNITS = ['ephtop-exporter.service', 'ephtop-recorder.service'] as const;

const ALL = UNITS.join(' ');

/**
 * Maintainer scripts of the .deb, by name. Without them what runs would stay the old program after an upgrade, and be left running
 * after a removal. As debhelper writes them for a service that it is not to start.
 *
 * @see https://www.debian.org/doc/debian-policy/ch-maintainerscripts.html
 * @see https://manpages.debian.org/bookworm/init-system-helpers/deb-systemd-helper.1p.en.html
 */
export const DEB_SCRIPTS = {
  postinst: `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  # Notes which links "systemctl enable" makes, for the day of the purge.
  for unit in ${ALL}; do deb-systemd-helper update-state "$unit" >/dev/null || true; done
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    if [ -n "$2" ]; then deb-systemd-invoke try-restart ${ALL} >/dev/null || true; fi
  fi
fi
`,
  prerm: `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop ${ALL} >/dev/null || true
fi
`,
  postrm: `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi
if [ "$1" = purge ]; then
  for unit in ${ALL}; do deb-systemd-helper purge "$unit" >/dev/null || true; done
fi
`,
} as const;

/**
 * Scriptlets of the .rpm, by name: $1 is how many versions will be installed.
 *
 * @see https://docs.fedoraproject.org/en-US/packaging-guidelines/Scriptlets/
 */
export const RPM_SCRIPTLETS = {
  preun: `if [ "$1" -eq 0 ] && command -v systemctl >/dev/null; then
  systemctl --quiet --no-reload disable --now ${ALL} || :
fi
`,
  postun: `if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || :
  if [ "$1" -ge 1 ]; then systemctl try-restart ${ALL} || :; fi
fi
`,
} as const;
