"""Labelled lines of six systems that do not exist, each written in the manner of a kind of log that does.

A template is a text with {slots}; the label of a line is the number of its template. Some templates are frequent and
most are rare, as in life.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Labelled(NamedTuple):
    """Lines and the template of each."""

    lines: Sequence[str]
    labels: Sequence[str]


SYSTEMS: Mapping[str, Sequence[str]] = {
    "telephone": (
        "acquire lock={n}, flags={hex}, tag=\"{tag}\", name={package}, ws={source}, uid={n}, pid={n}",
        "release lock={n}, flg={hex}, tag=\"{tag}\", name={package}, ws={source}, uid={n}, pid={n}",
        "ready={bool},policy={d},wakefulness={d},summary={hex},booted={bool},boosting={bool},auto=-{d},user={d}",
        "animate panels:flags={d}, force={bool}, delayed={bool}, expanded={bool}",
        "battery level {d}% charging {bool}", "window Window{{{hash} u0 {package}/{package}.Main}} hidden {bool}",
        "caller {n} does not hold READ_TASKS; limiting output", "Killing {n}:{package}/u0a{d} (adj {n}): empty #{d}",
        "screen state changed from ON to OFF", "screen state changed from OFF to ON", "screen state changed from OFF to DOZE",
        "updateLight(hdr) brightness={n} tid={n}", "no package found for {package}", "notification enqueued id={n} tag=null",
        "onSensor light lux={float}", "dream started", "dream ended", "scan finished in {ms}", "scan aborted after {ms}",
    ),
    "cluster": (
        "instruction cache parity error corrected", "data cache parity error corrected", "data TLB error interrupt",
        "generating core.{n}", "program interrupt: illegal instruction......{d}", "program interrupt: trap instruction......{d}",
        "program interrupt: privileged instruction...{d}", "program interrupt: unimplemented operation..{d}",
        "program interrupt: imprecise exception.....{d}", "program interrupt: fp compare..........{d}",
        "program interrupt: fp cr update............{d}", "{d} ddr errors(s) detected and corrected on rank {d}, symbol {d}, bit {d}",
        "CE sym {d}, at {hex}, mask {hex}", "iar {word8} dear {word8}", "lr:{word8} cr:{word8} xer:{word8} ctr:{word8}",
        "ciod: failed to read message prefix on control stream (socket to {ip}:{n}", "ciod: Error loading {path}: invalid or missing image",
        "ciod: LOGIN chdir({path}) failed: No such file or directory", "ciod: LOGIN chdir({path}) failed: Input/output error",
        "Node card status: no ALERTs are active. Clock mode is Low.", "Node card VPD check: U{d} node in card R{d}-M{d}-N{d} do not match",
        "rts: kernel terminated for reason {n}", "fan speeds ( {fans} )", "supply status ( on on )", "supply status ( off on )",
        "Component State Change: Component \\042{board}\\042 is in the unavailable state (HWID={n})",
        "node-{n} detected network {verb}", "Temperature ({d}C) exceeds warning threshold", "ambient={d}",
        "boot (command {n})", "halt (command {n})", "wait (command {n})", "Targeting domains:node-D{d} and nodes:node-[{d}-{d}] child of command {n}",
        "Link error on broadcast tree Interconnect-{d}T{d}{d}:{d}:{d}:{d}", "Link ok on broadcast tree Interconnect-{d}T{d}{d}:{d}:{d}:{d}",
    ),
    "unix": (
        "session opened for user {user} by (uid={d})", "session closed for user {user}", "session opened for user {user} by {user}(uid={d})",
        "authentication failure; logname= uid={d} euid={d} tty=ssh ruser= rhost={host}", "check pass; user unknown",
        "authentication failure; logname= uid={d} euid={d} tty=ssh ruser= rhost={host}  user={user}",
        "connection from {ip} ({host}) at {date}", "({user}) CMD (run-parts /etc/cron.hourly)", "({user}) CMD ({path} {path})",
        "Accepted publickey for {user} from ::ffff:{ip} port {n} ssh2", "Accepted password for {user} from {ip} port {n} ssh2",
        "DHCPDISCOVER from {mac} via eth{d}", "DHCPREQUEST for {ip} from {mac} via eth{d}", "DHCPACK on {ip} to {mac} via eth{d}",
        "synchronized to {ip}, stratum {d}", "eth{d}: link up, {n}Mbps, full-duplex", "eth{d}: link down",
        "cupsd startup succeeded", "cupsd shutdown succeeded", "klogd startup succeeded", "syslogd startup succeeded",
        "CPU{d}: Temperature above threshold", "CPU{d}: Running in modulated clock mode", "Mounted {path} on {path} type ext{d}",
        "SMART error ({disk}) detected on host: {shorthost}", "relay={host}. [{ip}], stat=Deferred: Connection refused by {host}",
        "ARPT: {float}: powerChange: System Sleep", "ARPT: {float}: powerChange: System Wake - Full Wake",
        "en0: SSID '{ssid}' making interface primary", "en0: BSSID changed to {mac}", "fe80::{word4}:{word4}:{word4} is reachable",
    ),
    "cloud": (
        "[instance: {uuid}] VM Started (Lifecycle Event)", "[instance: {uuid}] VM Paused (Lifecycle Event)",
        "[instance: {uuid}] VM Stopped (Lifecycle Event)", "[instance: {uuid}] VM Resumed (Lifecycle Event)",
        "[instance: {uuid}] Took {float} seconds to build instance.", "[instance: {uuid}] Took {float} seconds to spawn the instance on the hypervisor.",
        "{ip} \"GET /v2/{hash32}/servers/detail HTTP/1.1\" status: {code} len: {n} time: {float}",
        "{ip} \"POST /v2/{hash32}/events HTTP/1.1\" status: {code} len: {n} time: {float}",
        "image {uuid} at (/var/lib/{hash32}): checking", "image {uuid} at (/var/lib/{hash32}): in use: on this node {d} local",
        "Active base files: {path}", "Removable base files: {paths}", "Total memory: {n} MB, used: {float} MB", "disk limit not specified, defaulting to unlimited",
        "memory limit: {float} MB, free: {float} MB", "Deleting instance files {path}_del", "Deletion of {path}_del complete",
        "Event {{\"name\": \"{word}\", \"tries\": {d}, \"tags\": [{tags}]}} queued", "labels changed to [{tags}]", "leader elected: {shorthost}",
    ),
    "proxy": (
        "{site}:{n} open through proxy {site}:{n} HTTPS", "{site}:{n} open through proxy {site}:{n} SOCKS5",
        "{site}:{n} close, {n} bytes sent, {n} bytes received, lifetime {life}",
        "{site}:{n} close, {n} bytes ({float} KB) sent, {n} bytes received, lifetime {life}",
        "{site}:{n} close, {n} bytes sent, {n} bytes ({float} MB) received, lifetime {life}",
        "{site}:{n} error : Could not connect through proxy {site}:{n} - Proxy server cannot establish a connection with the target, status code {code}",
        "{site}:{n} error : A connection request was canceled before the completion.", "open {path} took {ms}", "open {path} failed",
        "rule {word} matched for {site}", "resolve {site} : DNS",
    ),
    "desktop": (
        "Session: {n}_{n} initialized by client {client}.", "Session: {n}_{n} initialized by client {client}, external staging directory: (null)",
        "Read out cached applicability for package: {kb}, ApplicableState: {n}, CurrentState: {n}", "Loaded Servicing Stack v{version} with Core: {winpath}",
        "Failed to get next element [HRESULT = {hex} - {hresult}]", "Failed to start upload with file pattern: {winpath}, flags: {hex} [HRESULT = {hex} - {hresult}]",
        "{word8}@{date2} CSI perf trace:", "wcp.dll version {version} called (stack @{hex} @{hex} @{hex})", "Creating NT transaction (seq {d}), objectname [6]\"(null)\"",
        "Created NT transaction (seq {d}) result {hex}, handle @{hex}", "Warning: Unrecognized attribute.", "Scavenge: Starts", "Scavenge: Completed, disposition: {hex}",
        "onStandStepChanged {n}", "onExtend:{n} {d} {d} {d}", "getTodayTotalDetailSteps = {n}##{n}##{n}##{n}", "calories with cache total={n}",
        "REPORT : {n} {n} {n} {n}", "flush sensor data", "Step 2: Voice SKIPPED", "Step 5: Video SKIPPED", "Starting the main loop.", "Ending the main loop.",
    ),
}


def lines_of(system: str, *, count: int = 2000, seed: int = 7) -> Labelled:
    """That many lines of the system."""
    chance = random.Random(f"{system} {seed}")
    templates = SYSTEMS[system]
    weights = [1 / (1 + place) for place in range(len(templates))]
    chance.shuffle(weights)
    chosen = [*range(len(templates)), *chance.choices(range(len(templates)), weights, k=count - len(templates))]
    chance.shuffle(chosen)
    return Labelled([_filled(templates[n], chance) for n in chosen], [f"{system} {n}" for n in chosen])


def _filled(template: str, chance: random.Random) -> str:
    return template.format_map(_Slots(chance))


class _Slots(dict[str, object]):
    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def __getitem__(self, name: str) -> object:
        return SLOTS[name](self._chance)


NAMES = "alice bob carol dave erin frank grace heidi ivan judy mallory nina oscar peggy trent victor walter".split()
PACKAGES = [f"com.{a}.{b}" for a in ("vendor", "player", "maps", "bank") for b in ("ui", "music", "sync", "phone")]
SITES = ["www.weather.example.com", "play.music.org", "cdn7.images.net", "mail.school.edu", "proxy.office.hk", "update.vendor.com"]


def _hexadecimal(length: int) -> Callable[[random.Random], str]:
    return lambda chance: f"{chance.getrandbits(4 * length - 1) | 1:0{length}x}"


def _path(chance: random.Random) -> str:
    return "/" + "/".join(chance.choice(["usr", "home", "data", "var", "lib", "bin", "tmp"]) for _ in range(chance.randint(2, 6)))


def _of(*words: str) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(words)


SLOTS: Mapping[str, Callable[[random.Random], object]] = {
    "n": lambda c: c.randint(100, 999_999), "d": lambda c: c.randint(0, 99), "float": lambda c: round(c.uniform(0, 900), 2),
    "hex": lambda c: hex(c.getrandbits(c.choice([4, 16, 32, 48]))), "bool": _of("true", "false"), "ms": lambda c: f"{c.randint(1, 900)}{c.choice(['ms', ' ms', 's'])}",
    "tag": _of("*launch*", "View Lock", "RILJ", "Audio Mix", "*job*", "Sync Loop"), "package": lambda c: c.choice(PACKAGES),
    "source": lambda c: c.choice(["null", f"WorkSource{{{c.randint(10000, 10200)}}}"]), "hash": _hexadecimal(7), "hash32": _hexadecimal(32),
    "word8": _hexadecimal(8), "word4": _hexadecimal(4), "ip": lambda c: ".".join(str(c.randint(1, 254)) for _ in range(4)),
    "path": _path, "paths": lambda c: " ".join(_path(c) for _ in range(c.randint(1, 4))), "user": lambda c: c.choice(NAMES),
    "host": lambda c: f"{c.choice(NAMES)}.{c.choice(['dsl', 'cable'])}.{c.choice(['provider.net', 'isp.de', 'telco.com'])}",
    "shorthost": lambda c: c.choice(["labnode", "hermes", "zeus", "athena", "apollo", "hera", "ares", "gaia"]),
    "mac": lambda c: ":".join(f"{c.getrandbits(8):02x}" for _ in range(6)), "fans": lambda c: " ".join(str(c.randint(3000, 4500)) for _ in range(c.randint(4, 8))),
    "date": lambda c: f"Fri Jun {c.randint(1, 30)} {c.randint(10, 23)}:{c.randint(10, 59)}:{c.randint(10, 59)} 2005",
    "date2": lambda c: f"2016/9/{c.randint(1, 30)}:{c.randint(10, 23)}:{c.randint(10, 59)}:{c.randint(10, 59)}.{c.randint(100, 999)}",
    "board": lambda c: f"{c.choice(['alt', 'gige', 'scsi'])}{c.randint(0, 9)}", "verb": _of("connection", "disconnection"),
    "disk": lambda c: f"/dev/sd{c.choice('abcdef')}", "ssid": _of("CalVisitor", "Home Sweet Home", "eduroam", "AirBears", "Cafe 21", "Guest Net", "Lab"),
    "uuid": lambda c: "-".join(_hexadecimal(n)(c) for n in (8, 4, 4, 4, 12)), "code": _of("200", "404", "500"), "word": _of("created", "plugged", "default", "resized"),
    "tags": lambda c: ", ".join(c.sample(["\"web\"", "\"blue\"", "\"gpu\"", "\"spot\""], k=c.randint(1, 4))), "site": lambda c: c.choice(SITES),
    "life": lambda c: c.choice(["<1 sec", f"00:{c.randint(10, 59)}", f"{c.randint(1, 9)}:{c.randint(10, 59)}:00"]),
    "client": _of("WindowsUpdateAgent", "SoftwareExplorer", "Setup"), "kb": lambda c: f"Package_for_KB{c.randint(10 ** 6, 10 ** 7)}~31bf3856ad364e35~amd64~~6.1.1.{c.randint(0, 9)}",
    "version": lambda c: f"6.1.{c.randint(1000, 9999)}.{c.randint(1, 999)}", "winpath": lambda c: "C:\\Windows\\" + "\\".join(c.sample(["winsxs", "servicing", "logs", "sqm", "*_std.sqm"], k=c.randint(1, 3))),
    "hresult": _of("E_FAIL", "CBS_E_MANIFEST_INVALID_ITEM", "ERROR_NOT_FOUND"),
}
