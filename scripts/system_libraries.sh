#!/bin/sh
# Sees to it that OpenCV's system libraries are there. Usage: system_libraries.sh PYTHON
set -eu
python=$1
packages="libgl1 libglib2.0-0"

missing() {
    if "$python" -c 'import cv2' 2>/dev/null; then return 1; fi
    "$python" -c 'import cv2' 2>&1 | grep -q 'cannot open shared object file'
}

missing || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $packages, which OpenCV needs."
    # Some images come without package lists.
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || true
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $packages >/dev/null || true
    missing || exit 0
fi
echo "OpenCV needs system libraries that are missing. On Debian or Ubuntu, run:" >&2
echo "    sudo apt-get update && sudo apt-get install -y $packages" >&2
exit 1
