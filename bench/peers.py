"""The programs that are compared: how each is made to receive, and to send, one source."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

PORT = 47363
HOST = "127.0.0.1"
BLOCK = 1 << 20


@dataclass(frozen=True)
class Setting:
    """Where a run takes place."""

    home: Path  # of Ferry's image
    folder: Path  # for configuration, keys and logs
    source: Path
    out: Path  # empty at the start of each run

    @property
    def target(self):
        return self.out / self.source.name


@dataclass(frozen=True)
class Peer:
    name: str
    give: Callable  # from a Setting to the command that is timed, a list or a line for the shell
    serve: Callable = lambda setting: None  # to the command that receives, or None
    stays: bool = False  # whether the receiving program is a daemon, to be stopped after the run
    programs: tuple = ()  # Debian's names of what it needs, with the commands: (("socat", "socat"),)
    trees: bool = False  # whether it can send a tree
    files: bool = True  # whether it can send a file
    on_request: bool = False  # whether it runs only when it is asked for

    def missing(self):
        """Packages that it needs and that are not installed."""
        return [package for command, package in self.programs if shutil.which(command, path=PATH) is None]


PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def ferry(name, send=(), receive=(), on_request=False):
    return Peer(
        name,
        serve=lambda s: [s.home / "bin/receive", "--quiet", "--once", "--dir", s.out, "--listen", f"{HOST}:{PORT}", *receive],
        give=lambda s: [s.home / "bin/send", "--quiet", *send, s.source, f"{HOST}:{PORT}"],
        trees=True,
        on_request=on_request,
    )


def piped(name, listen, connect, programs):
    """A program that carries one stream: a file as it is, a tree through tar."""

    def serve(s):
        into = f"tar -C '{s.out}' -xf -" if s.source.is_dir() else f"cat > '{s.target}'"
        return f"{listen} | {into}"

    def give(s):
        what = f"tar -C '{s.source.parent}' -cf - '{s.source.name}'" if s.source.is_dir() else f"cat '{s.source}'"
        return f"{what} | {connect}"

    return Peer(name, serve=serve, give=give, programs=programs, trees=True, files=False)


def _nc(s):
    return f"nc -l {HOST} {PORT} > '{s.target}'"


def _socat(s):
    return ["socat", "-u", "-b", str(BLOCK), f"TCP-LISTEN:{PORT},bind={HOST},reuseaddr", f"CREATE:{s.target}"]


def _mbuffer(s):
    return ["mbuffer", "-q", "-m", "64M", "-I", str(PORT), "-o", s.target]


def _rsync_daemon(s):
    conf = s.folder / "rsyncd.conf"
    conf.write_text(f"use chroot = no\n[out]\n path = {s.out}\n read only = no\n uid = {os.getuid()}\n gid = {os.getgid()}\n")
    return ["rsync", "--daemon", "--no-detach", "--address", HOST, "--port", str(PORT), "--config", conf]


def _rsync(s, *options):
    return ["rsync", "-a", "-W", *options, s.source, f"rsync://{HOST}:{PORT}/out/"]


def _sshd(s):
    key = s.folder / "ssh-key"
    if not key.exists():
        for path in (key, s.folder / "ssh-host-key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    conf = s.folder / "sshd_config"
    conf.write_text(
        f"Port {PORT}\nListenAddress {HOST}\nHostKey {s.folder}/ssh-host-key\nAuthorizedKeysFile {key}.pub\n"
        "StrictModes no\nUsePAM no\nPidFile none\nSubsystem sftp internal-sftp\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    return ["/usr/sbin/sshd", "-D", "-f", conf]


def _ssh_options(s):
    return ["-i", s.folder / "ssh-key", "-c", "aes128-gcm@openssh.com", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]  # fmt: skip


def _user():
    return os.environ.get("USER") or subprocess.check_output(["id", "-un"], text=True).strip()


def _scp(s):
    return ["scp", "-q", "-r", "-P", str(PORT), *_ssh_options(s), s.source, f"{_user()}@{HOST}:{s.out}/"]


def _sftp(s):
    options = " ".join(f"'{option}'" for option in _ssh_options(s))
    return f"echo \"put -r '{s.source}' '{s.out}/'\" | sftp -q -P {PORT} {options} -b - {_user()}@{HOST} >/dev/null"


def _tar_ssh(s):
    options = " ".join(f"'{option}'" for option in _ssh_options(s))
    return (
        f"tar -C '{s.source.parent}' -cf - '{s.source.name}' | "
        f"ssh -p {PORT} {options} {_user()}@{HOST} \"tar -C '{s.out}' -xf -\""
    )


def _nginx(s):
    conf = s.folder / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""
    conf.write_text(
        f"{user} daemon off; error_log stderr crit; pid {s.folder}/nginx.pid; events {{}}\n"
        f"http {{ access_log off; client_max_body_size 0; client_body_temp_path {s.out}/.tmp; create_full_put_path on;\n"
        f"server {{ listen {HOST}:{PORT}; root {s.out}; location / {{ dav_methods PUT; }} }} }}\n"
    )
    return ["nginx", "-p", s.folder, "-c", conf]


def _curl(s):
    return ["curl", "-sf", "-H", "Expect:", "-T", s.source, f"http://{HOST}:{PORT}/{s.source.name}"]


SOCAT = (("socat", "socat"),)
NC = (("nc", "netcat-openbsd"),)
SSH = (("sshd", "openssh-server"), ("scp", "openssh-client"))
RSYNC = (("rsync", "rsync"),)

#: The one that the others are compared with: the fastest plain stream.
BASELINE = "socat"

ALL = [
    ferry("ferry, --plain", send=["--plain"]),
    ferry("ferry, encrypted"),
    ferry("TLS by the JDK", send=["--tls-provider", "jdk"], receive=["--tls-provider", "jdk"], on_request=True),
    Peer("socat", serve=_socat, programs=SOCAT,
         give=lambda s: ["socat", "-u", "-b", str(BLOCK), f"OPEN:{s.source}", f"TCP:{HOST}:{PORT}"]),  # fmt: skip
    Peer("nc", serve=_nc, programs=NC, give=lambda s: f"nc -N {HOST} {PORT} < '{s.source}'"),
    Peer("mbuffer", serve=_mbuffer, programs=(("mbuffer", "mbuffer"),),
         give=lambda s: ["mbuffer", "-q", "-m", "64M", "-i", s.source, "-O", f"{HOST}:{PORT}"]),  # fmt: skip
    Peer("curl to nginx", serve=_nginx, give=_curl, stays=True, programs=(("nginx", "nginx"), ("curl", "curl"))),
    Peer("rsync daemon", serve=_rsync_daemon, give=_rsync, stays=True, programs=RSYNC, trees=True),
    Peer("scp (aes128-gcm)", serve=_sshd, give=_scp, stays=True, programs=SSH, trees=True),
    Peer("sftp (aes128-gcm)", serve=_sshd, give=_sftp, stays=True, programs=SSH, trees=True),
    Peer("tar through ssh (aes128-gcm)", serve=_sshd, give=_tar_ssh, stays=True, programs=SSH, trees=True, files=False),
    piped("tar through socat", f"socat -u -b {BLOCK} TCP-LISTEN:{PORT},bind={HOST},reuseaddr -",
          f"socat -u -b {BLOCK} - TCP:{HOST}:{PORT}", SOCAT),  # fmt: skip
    piped("tar through nc", f"nc -l {HOST} {PORT}", f"nc -N {HOST} {PORT}", NC),
    Peer("cp: the storage alone", give=lambda s: ["cp", "-r", s.source, s.target], trees=True),
]

#: On a real disk everybody has to sync.
SYNCING = [
    ferry("ferry, --plain", send=["--plain"]),
    ferry("ferry, encrypted"),
    Peer("dd conv=fsync", give=lambda s: ["dd", f"if={s.source}", f"of={s.target}", "bs=1M", "conv=fsync", "status=none"]),
    Peer("rsync --fsync", serve=_rsync_daemon, give=lambda s: _rsync(s, "--fsync"), stays=True, programs=RSYNC, trees=True),
]
