#!/bin/sh
# Copies what ephtop needs to run, and nothing else, into an empty directory: the root of a container image.
# Run it in a checkout after "npm ci", on Debian, as root or not.
set -eu
# The program runs as no user; whoever made the checkout may keep it private.
umask 022
root=$1
cd "$(dirname "$0")/.."

case $(uname -m) in
x86_64) architecture=x64 ;;
aarch64) architecture=arm64 ;;
*) echo "image-root.sh: ephtop brings no Node for $(uname -m)" >&2 && exit 1 ;;
esac
node=node_modules/node-linux-$architecture/bin/node

mkdir -p "$root/usr/bin" "$root/opt/ephtop" "$root/etc" "$root/proc" "$root/sys" "$root/tmp"
cp "$node" "$root/usr/bin/node"
# Symbols for debuggers are a quarter of it.
if command -v strip >/dev/null; then strip "$root/usr/bin/node"; fi
cp -r bin dist package.json LICENSE "$root/opt/ephtop/"
ln -s ../../opt/ephtop/bin/ephtop.cjs "$root/usr/bin/ephtop"

# The loader and the libraries, where the binary looks for them. ephtop brings libatomic, which slim images lack.
LD_LIBRARY_PATH=lib/$architecture ldd "$node" | while read -r name arrow file _; do
  case $name in
  linux-vdso*) continue ;;
  /*) file=$name ;;
  libatomic*) file=lib/$architecture/$name ;;
  esac
  case $file in
  lib/*) install -D -m 644 "$file" "$root/usr/lib/$name" ;;
  *) install -D -m 755 "$file" "$root$file" ;;
  esac
done
# "/usr/bin/env node" of the launcher is not there: the image starts node.
echo 'ephtop:x:65534:65534::/:/nologin' >"$root/etc/passwd"
chmod -R u=rwX,go=rX "$root"
