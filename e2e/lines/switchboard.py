"""A line of any quality between network namespaces of its own, in user space.

usage: switchboard.py NAME...

Makes a namespace for each name, with one tun device `eth0`, address 10.77.N.2 and a default route, and
carries the IPv4 packets between them. The first line on stdout is {NAME: {"namespace": PATH, "address":
IP}}; PATH is for `nsenter --net=PATH`. Each line on stdin is a JSON object that replaces the rules:
`loss` 0..1 of packets dropped, `delayMs` one way, `cut` pairs of names between which nothing passes.
Everything is gone when stdin ends. Needs root.
"""

import ctypes, fcntl, heapq, json, os, random, select, struct, subprocess, sys, time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
# More than that on its way is dropped, as any router would.
MOST_PACKETS = 4000

libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def open_line(index):
    """Enters a new namespace. Returns its file descriptor, its tun's, its address."""
    check(libc.unshare(CLONE_NEWNET))
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TUN | IFF_NO_PI))
    address = f"10.77.{index}.2"
    for command in (
        "link set lo up",
        f"addr add {address}/24 dev eth0",
        "link set eth0 up",
        "route add default dev eth0",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    return os.open("/proc/self/ns/net", os.O_RDONLY), tun, address


def main(names):
    lines = {name: open_line(index) for index, name in enumerate(names)}
    print(json.dumps({name: {"namespace": f"/proc/{os.getpid()}/fd/{namespace}", "address": address}
                      for name, (namespace, _, address) in lines.items()}), flush=True)
    tuns = [tun for _, tun, _ in lines.values()]
    names_by_tun = dict(zip(tuns, names))
    rules = {"loss": 0, "delayMs": 0, "cut": []}
    on_the_way, sequence, said = [], 0, b""
    while True:
        now = time.monotonic()
        wait = max(0, on_the_way[0][0] - now) if on_the_way else None
        readable, _, _ = select.select([0, *tuns], [], [], wait)
        for source in readable:
            if source == 0:
                said += (part := os.read(0, 65536))
                if not part:
                    return
                *whole, said = said.split(b"\n")
                for line in whole:
                    rules = {**rules, **json.loads(line)}
                continue
            packet = os.read(source, 65536)
            # IPv4 to 10.77.N.*; what else the kernel says by itself has nowhere to go.
            if packet[0] >> 4 != 4 or packet[16:18] != b"\x0a\x4d" or packet[18] >= len(tuns):
                continue
            target = tuns[packet[18]]
            pair = {names_by_tun[source], names_by_tun[target]}
            is_cut = any(set(each) == pair for each in rules["cut"])
            if is_cut or random.random() < rules["loss"] or len(on_the_way) >= MOST_PACKETS:
                continue
            sequence += 1
            heapq.heappush(on_the_way, (time.monotonic() + rules["delayMs"] / 1000, sequence, target, packet))
        while on_the_way and on_the_way[0][0] <= time.monotonic():
            _, _, target, packet = heapq.heappop(on_the_way)
            try:
                os.write(target, packet)
            except OSError:
                pass  # Its queue is full, or the device is down: the packet is lost.


main(sys.argv[1:])
