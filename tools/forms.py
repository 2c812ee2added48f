#!/usr/bin/env python3
"""Count which forms go and which stay on pages whose forms are labelled by kind.

    python3 tools/forms.py DATA [--half a|b] [--list] [--cmd dehusk]

DATA is the directory `formasaurus/data` of the Formasaurus package (MIT licence, from PyPI): about
a thousand saved pages in html/, and index.json with the kind of each form. Mailing lists should go;
logins, searches, orders, messages and the rest should stay. A form is gone if it lies in a cut, cut
if some part of it does. Forms that nobody labelled are left out, and so are pages whose source has
another number of forms than the index. A page's half is the lowest bit of the first byte of the
SHA-256 of its name there (0 is a, 1 is b). With --list each form that went wrong is told.
"""
import argparse, collections, hashlib, json, os, re, subprocess
from concurrent.futures import ThreadPoolExecutor

KINDS = {"m": "mailing list", "s": "search", "l": "login", "r": "registration", "p": "password recovery",
         "c": "contact or comment", "b": "order", "o": "other", "P": "poll", "V": "display options"}
HIDDEN = re.compile(rb"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.S | re.I)


def half_of(page):
    return "ab"[hashlib.sha256(page.encode()).digest()[0] & 1]


def forms(source):
    """Where the forms of a page begin and end, in bytes."""
    shown = HIDDEN.sub(lambda hidden: b" " * len(hidden[0]), source)
    starts = [form.start() for form in re.finditer(rb"<form\b", shown, re.I)]
    for start, following in zip(starts, starts[1:] + [len(shown)]):
        end = shown.lower().find(b"</form", start)
        yield start, min(following, end if end >= 0 else len(shown))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data")
    ap.add_argument("--half", choices=["a", "b"])
    ap.add_argument("--list", action="store_true", help="tell each form that went wrong")
    ap.add_argument("--cmd", default="target/release/dehusk", help="the program")
    args = ap.parse_args()
    index = json.load(open(os.path.join(args.data, "index.json")))
    pages = [page for page in index if index[page]["forms"] and args.half in (None, half_of(page))]

    def read(page):
        source = open(os.path.join(args.data, page), "rb").read()
        command = [args.cmd, "--from", "html", "--record", "/dev/stderr", "-"]
        record = subprocess.run(command, input=source, capture_output=True, check=True).stderr
        return page, list(forms(source)), json.loads(record)["cuts"]

    fates, left_out = collections.Counter(), 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for page, places, cuts in pool.map(read, pages):
            kinds = index[page]["forms"]
            if len(places) != len(kinds):
                left_out += 1
                continue
            for number, ((start, end), kind) in enumerate(zip(places, kinds)):
                if kind not in KINDS:
                    continue
                touching = [cut for cut in cuts if cut["start"] < end and cut["end"] > start]
                gone = any(cut["start"] <= start < cut["end"] for cut in touching)
                fate = "gone" if gone else "cut" if touching else "kept"
                fates[kind, fate] += 1
                if args.list and fate != ("gone" if kind == "m" else "kept"):
                    rules = ", ".join(f"{cut['rule']} {cut['points']}" for cut in touching)
                    print(f"{page} form {number}: {KINDS[kind]}, {fate} {rules}")
    print(f"{'':20} {'all':>5} {'gone':>5} {'cut':>5}")
    for kind, name in KINDS.items():
        gone, cut = fates[kind, "gone"], fates[kind, "cut"]
        print(f"{name:20} {gone + cut + fates[kind, 'kept']:5} {gone:5} {cut:5}")
    print(f"{len(pages) - left_out} pages, {left_out} left out")


if __name__ == "__main__":
    main()
