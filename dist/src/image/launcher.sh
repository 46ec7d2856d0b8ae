#!/bin/sh
# Starts Ferry's @name@ with the Java runtime that lies beside it, wherever this folder is.
#
# FERRY_JAVA_OPTS: further options for Java, which win over the ones below; for instance
#   FERRY_JAVA_OPTS="-Xmx1g -XX:MaxDirectMemorySize=1g" @name@ ...

self=$0
case $self in
    */*) ;;
    *) self=./$self ;;
esac
while [ -h "$self" ]; do
    link=$(readlink "$self")
    case $link in
        /*) self=$link ;;
        *) self=${self%/*}/$link ;;
    esac
done
home=${self%/*}/..

# Java can name a file that is not ASCII only in a UTF-8 locale. The user's may be another, or none (cron), or one that
# this machine does not have (ssh hands over names of locales); this one needs no installing.
export LC_ALL=C.UTF-8

# These are meant for the user's own Java programs, and print to our standard error.
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS

# The second compiler would take a core while a transfer of seconds needs it, and what is hot here are intrinsics, system
# calls and Conscrypt's library; docs/benchmarks.md has the figures. The JDK's own TLS is the exception: its AES-GCM is
# thirty times as slow without.
compilers=1
case " $* " in
    *" --tls-provider "[Jj][Dd][Kk]" "* | *" --tls-provider="[Jj][Dd][Kk]" "*) compilers=4 ;;
esac

# Made with the jars beside it, and left aside by Java if it does not fit them; but Java complains of one that is missing.
archive=$home/lib/classes.jsa
[ -f "$archive" ] && archive=-XX:SharedArchiveFile=$archive || archive=-Xshare:auto

# A heap that begins at its full size is written all over before it is first cleaned up, and most transfers need little. The
# thousands of entries in flight must find room where young objects survive: what grows old is cleaned up only when all of -Xmx
# is full of it (docs/adr/0034). Not if the user has wishes of this kind, to which these may not fit.
case " $FERRY_JAVA_OPTS" in
    *-Xm* | *HeapSize* | *NewSize*) heap="-Xms16m -Xmx256m" ;;
    *) heap="-Xms40m -Xmx256m -Xmn24m -XX:SurvivorRatio=1 -XX:TargetSurvivorRatio=90" ;;
esac

# enable-native-access: Conscrypt's library and zstd's may be loaded without a warning on standard error.
# -Xlog: Java's own complaints would go to standard output, which is for results; that the archive does not fit is none.
# shellcheck disable=SC2086 # these are several words
exec "$home/runtime/bin/java" \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=$compilers "$archive" -XX:-UsePerfData $heap -XX:MaxDirectMemorySize=256m \
    --enable-native-access=ALL-UNNAMED -Xlog:disable -Xlog:all=error,cds*=off,aot*=off:stderr $FERRY_JAVA_OPTS \
    -cp "@classpath@" @main@ "$@"
