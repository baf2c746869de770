#!/bin/sh
# Installs what a node needs to build and run hpsearch and does not have yet: libzmq, OpenBLAS, SQLite, zlib.
# Debian and Ubuntu: by apt, as root or through sudo. Other systems: says what to install.
set -eu

missing=""
has() { # has NAME HEADER: the header can be included and the library linked
  for compiler in clang cc gcc; do
    if command -v "$compiler" >/dev/null 2>&1; then
      printf '#include <%s>\nint main(void) { return 0; }\n' "$2" |
        "$compiler" -x c - -o /dev/null "-l$1" >/dev/null 2>&1 && return 0
      return 1
    fi
  done
  return 1
}
need() { # need LIBRARY HEADER PACKAGE
  has "$1" "$2" || missing="$missing $3"
}

need zmq zmq.h libzmq3-dev
need openblas cblas.h libopenblas-dev
need sqlite3 sqlite3.h libsqlite3-dev
need z zlib.h zlib1g-dev

if ! command -v swift >/dev/null 2>&1; then
  echo "install.sh: Swift 6.2 or newer is needed: https://www.swift.org/install" >&2
  exit 1
fi
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  cat >&2 <<END
install.sh: this system has no apt. Please install, with headers:
  ZeroMQ 4.3 or newer   (Fedora: zeromq-devel,  Arch: zeromq,    Homebrew: zeromq)
  OpenBLAS              (Fedora: openblas-devel, Arch: openblas,  Homebrew: openblas)
  SQLite 3              (Fedora: sqlite-devel,  Arch: sqlite,    Homebrew: sqlite)
  zlib                  (Fedora: zlib-devel,    Arch: zlib,      Homebrew: zlib)
Missing here, by their Debian names:$missing
END
  exit 1
fi

root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "install.sh: run as root: apt-get install$missing" >&2
    exit 1
  fi
  root="sudo"
fi
echo "install.sh: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq >&2
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends $missing >&2
