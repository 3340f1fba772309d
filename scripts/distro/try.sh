#!/usr/bin/env bash
# Lints the packages in out/ for this processor, installs each in a clean root made of Debian's packages, runs it, and removes it.
# Needs root, and lintian, rpmlint, rpm and mmdebstrap; takes two minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

case $(uname -m) in
x86_64) deb=amd64 rpm=x86_64 ;;
aarch64) deb=arm64 rpm=aarch64 ;;
esac
deb=$(echo out/ephtop_*_"$deb".deb)
rpm=$(echo out/ephtop-*."$rpm".rpm)

echo "== lintian $deb"
lintian --allow-root --fail-on error,warning "$deb"
echo "== rpmlint $rpm"
rpmlint --config scripts/distro/rpmlint.toml "$rpm"

root=$(mktemp -d)
trap 'umount -R "$root/proc" 2>/dev/null || true; rm -rf "$root"' EXIT
echo '== a clean root'
mmdebstrap --quiet --variant=minbase --include=rpm bookworm "$root"
mount --rbind --make-rslave /proc "$root/proc"

# What systemd would be asked for is noted; and it seems to be running.
printf '#!/bin/sh\necho "$@" >>/systemctl.log\n' >"$root/usr/bin/systemctl"
chmod 755 "$root/usr/bin/systemctl"
mkdir -p "$root/run/systemd/system"
asked() { grep -q -- "$1" "$root/systemctl.log" && rm "$root/systemctl.log"; }
link=$root/etc/systemd/system/multi-user.target.wants/ephtop-exporter.service
enable() { mkdir -p "$(dirname "$link")" && ln -sf /usr/lib/systemd/system/ephtop-exporter.service "$link"; }

# With no more in its environment than PATH.
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"; }

try_it() {
  inside ephtop --version
  inside ephtop snapshot --source netlink --format json | grep -q '"source": "netlink"'
  inside ephtop snapshot --source netlink | head -n 1
  inside ephtop check --max-groups 1 >/dev/null 2>&1 || (($? < 4))
  test -s "$root/usr/share/man/man1/ephtop.1.gz"
  grep -q '^ExecStart=/usr/bin/ephtop ' "$root"/usr/lib/systemd/system/ephtop-exporter.service
}

echo "== $deb in it"
cp "$deb" "$root/tmp/ephtop.deb"
inside dpkg -i /tmp/ephtop.deb
try_it
enable
inside dpkg -i /tmp/ephtop.deb
asked 'try-restart ephtop-exporter.service'
inside dpkg --purge ephtop
asked 'stop ephtop-exporter.service'
test ! -L "$link"
test ! -e "$root/usr/share/ephtop"

echo "== $rpm in it"
cp "$rpm" "$root/tmp/ephtop.rpm"
# Debian's libraries are not in rpm's database.
inside rpm --install --nodeps /tmp/ephtop.rpm
try_it
inside rpm --erase ephtop
asked 'disable --now ephtop-exporter.service'
test ! -e "$root/usr/share/ephtop"
test ! -e "$root/usr/bin/ephtop"
echo '== both are well'
