#!/usr/bin/env bash
# Writes IMAGE/lib/classes.jsa, the archive from which both programs load their classes, and most of Java's, without
# reading and checking them again: usage archive-classes.sh IMAGE WORK. The classes are those that two transfers load.
set -euo pipefail
image=$1
work=$2

rm -rf "$work" "$image/lib/classes.jsa"
mkdir -p "$work/tree/folder"
printf 'some content\n' >"$work/tree/file"
head -c 9437184 /dev/zero >"$work/tree/folder/file of two chunks"
ln -s file "$work/tree/link"
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
unset FERRY_CODE

receiver=
trap '[[ -z $receiver ]] || kill "$receiver" 2>/dev/null || true' EXIT

# listing NAME PROGRAM ARGUMENT...: runs the program and lists the classes that it loads.
listing() {
    local list=$work/$1.list program=$2
    shift 2
    FERRY_JAVA_OPTS="-Xshare:off -XX:DumpLoadedClassList=$list" exec "$image/bin/$program" "$@"
}

# transfer NAME OPTION...: a transfer over the loopback, with the sender's options; both tell of it as report says.
transfer() {
    local name=$1 port=
    shift
    listing "$name-receive" receive --once "${report[@]}" --dir "$work/out-$name" --listen 127.0.0.1:0 &>"$work/$name.told" &
    receiver=$!
    while [[ -z $port ]]; do
        kill -0 "$receiver" || exit 1
        sleep 0.1
        port=$(sed -n -e 's/.*"event":"listening".*"port":\([0-9]*\).*/\1/p' -e 's/^receive: listening on .*:\([0-9]*\)$/\1/p' \
            "$work/$name.told")
    done
    (listing "$name-send" send "${report[@]}" "$@" "$work/tree" "127.0.0.1:$port") &>>"$work/$name.told"
    wait "$receiver"
    receiver=
}

report=()
transfer encrypted --streams 2
report=(--json)
transfer plain --plain --streams 2
transfer compressed --plain --compress zstd

# Numbers tell classes of one name apart, which ours never need; without them the lists of runs can be joined. Lines with
# @ are about classes and count for nothing before their class.
sed -e '/^#/d' -e '/source:/d' -e 's/ id: [0-9]*$//' "$work"/*.list | LC_ALL=C sort -u >"$work/all"
{
    grep -v '^@' "$work/all"
    grep '^@' "$work/all"
} >"$work/ordered"
FERRY_JAVA_OPTS="-Xshare:dump -XX:+AOTClassLinking -XX:SharedClassListFile=$work/ordered -XX:SharedArchiveFile=$image/lib/classes.jsa" \
    "$image/bin/send"
rm -rf "$work"
