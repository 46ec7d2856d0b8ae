# shellcheck shell=bash
# What the scripts share: where things are, and a JDK and a Maven to build with. Sourced, not run.

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # the scripts use it
image=$root/dist/target/ferry

# The modes of files go into the jars and the archive, which must not depend on who builds them.
umask 022

say() {
    printf '%s\n' "$*" >&2
}

# die ERROR [HINT]...
die() {
    say "${0##*/}: error: $1"
    shift
    local hint
    for hint in "$@"; do
        say "hint: $hint"
    done
    exit 1
}

# Whether the folder holds a whole JDK, not older than the one that we compile for.
is_jdk() {
    [[ -x $1/bin/javac && -x $1/bin/jlink ]] || return 1
    local version
    version=$("$1/bin/javac" -version 2>/dev/null) || return 1
    version=${version#javac }
    version=${version%%[!0-9]*}
    [[ -n $version ]] && ((version >= 25))
}

# Sets and exports JAVA_HOME.
find_jdk() {
    local candidate on_path=
    on_path=$(command -v javac) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [[ -n $candidate ]] && is_jdk "$candidate"; then
            export JAVA_HOME=$candidate
            return
        fi
    done
    die "no JDK 25 or newer found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks)" \
        "Debian, Ubuntu:  sudo apt-get install openjdk-25-jdk-headless" \
        "Fedora:  sudo dnf install java-25-openjdk-devel java-25-openjdk-jmods" \
        "macOS:  brew install openjdk@25" \
        "SDKMAN:  sdk install java 25-tem" \
        "if there is one elsewhere:  JAVA_HOME=/path/to/jdk-25 $0"
}

# Sets maven.
find_maven() {
    local candidate
    for candidate in "$(command -v mvn || true)" "${MAVEN_HOME:-}/bin/mvn" "${M2_HOME:-}/bin/mvn" /opt/*maven*/bin/mvn \
        "$HOME"/.sdkman/candidates/maven/current/bin/mvn; do
        if [[ -x $candidate ]]; then
            maven=$candidate
            return
        fi
    done
    die "no Maven found (looked at PATH, MAVEN_HOME, /opt, ~/.sdkman)" \
        "Debian, Ubuntu:  sudo apt-get install maven" \
        "Fedora:  sudo dnf install maven" \
        "macOS:  brew install maven"
}

# run_maven ARGS...: Maven on the whole project.
run_maven() {
    find_jdk
    find_maven
    (cd "$root" && "$maven" --batch-mode "$@")
}
