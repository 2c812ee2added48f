#!/usr/bin/env python3
"""Show what every line of evidence did on labelled pages, and what other points would do.

    python3 tools/points.py SET [--half a|b] [--rule ID] [--also CATEGORIES] [--cmd dehusk]

SET is a directory with labels.json and pages/ID.html.gz, and with blocks.py and score.py beside
it: the pages' blocks, each labelled as an appeal of some category or as content. A page's half is
the lowest bit of the first byte of the SHA-256 of its id (0 is a, 1 is b).

For each line of a rule's evidence, over all cuts of that rule:

  fired     cuts that the line gave points to
  decisive  of these, the cuts that would be short without it
  helped    labelled appeals in the cuts for which it was decisive
  harmed    labelled content in them
  -20 … +20 what other points would do: labelled appeals gained or lost / content lost or saved

Near misses are known from 60 points on, so what a line would newly reach from further below is not
counted.
"""
import argparse, collections, gzip, hashlib, json, os, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

BAR = 100
DELTAS = (-20, -10, 10, 20)


def half_of(page):
    return "ab"[hashlib.sha256(page.encode()).digest()[0] & 1]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("set")
    ap.add_argument("--half", choices=["a", "b"])
    ap.add_argument("--rule", help="only this rule")
    ap.add_argument("--also", default="", help="categories besides the three that are on")
    ap.add_argument("--cmd", default="target/release/dehusk", help="the program")
    args = ap.parse_args()
    sys.path.insert(0, os.path.join(args.set, ".."))
    from blocks import blocks
    from score import squash

    labels = json.load(open(os.path.join(args.set, "labels.json")))
    pages = [p for p in sorted(labels) if args.half in (None, half_of(p))]
    more = ["--also", args.also] if args.also else []

    def read(page):
        source = gzip.open(os.path.join(args.set, "pages", labels[page]["file"])).read()
        told = subprocess.run([args.cmd, "explain", "--json", "--from", "html", *more, "-"],
                              input=source, stdout=subprocess.PIPE, check=True).stdout
        texts = [b["text"] for b in blocks(source.decode("utf-8"))]
        wanted = [(c, squash(texts[int(i)])) for i, c in labels[page]["labels"].items()]
        return json.loads(told), [(c, text) for c, text in wanted if len(text) > 3]

    lines = collections.defaultdict(lambda: dict(points=0, sign="", fired=0, decisive=0, helped=0, harmed=0,
                                                 change=collections.Counter()))

    def count(finding, wanted):
        text = squash(finding["text"])
        inside = [c for c, block in wanted if block in text]
        return sum(c != "K" for c in inside), sum(c == "K" for c in inside)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for told, wanted in pool.map(read, pages):
            for finding in told["cuts"] + told["near"]:
                if args.rule and finding["rule"]["id"] != args.rule:
                    continue
                cut = "kept" not in finding
                if not cut and "short" not in finding["kept"]:
                    continue
                appeals, content = count(finding, wanted)
                for e in finding["evidence"]:
                    line = lines[finding["rule"]["id"], e["line"]]
                    line["points"], line["sign"] = e["points"], e["sign"]
                    if cut:
                        line["fired"] += 1
                        if finding["points"] - e["points"] < BAR:
                            line["decisive"] += 1
                            line["helped"] += appeals
                            line["harmed"] += content
                    for delta in DELTAS:
                        would = finding["points"] + delta >= BAR
                        if would != cut:
                            line["change"][delta, "appeals"] += appeals if would else -appeals
                            line["change"][delta, "content"] += content if would else -content

    print(f"{'rule and line':34}{'points':>7}{'fired':>7}{'decisive':>9}{'helped':>7}{'harmed':>7}  "
          + "  ".join(f"{d:+d}".rjust(9) for d in DELTAS) + "  sign")
    for (rule, number), line in sorted(lines.items()):
        changes = "  ".join(f"{line['change'][d, 'appeals']:+d}/{line['change'][d, 'content']:+d}".rjust(9) for d in DELTAS)
        print(f"{rule + ':' + str(number):34}{line['points']:>+7}{line['fired']:>7}{line['decisive']:>9}"
              f"{line['helped']:>7}{line['harmed']:>7}  {changes}  {line['sign']}")


if __name__ == "__main__":
    main()
