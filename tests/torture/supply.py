#!/usr/bin/env python3
"""What the dependencies may be: licences, sources, duplicates, bans, and the toolchain they need.

    python tests/torture/supply.py BINARY SCRATCH_FOLDER

Reads Cargo.toml, Cargo.lock and deny.toml of this repository and asks cargo which packages are built
(on any system, tests and benches included). Needs no network and writes nothing; BINARY and
SCRATCH_FOLDER are not used. A self-test of each rule comes first.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
TIMEOUT = 120


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked", "--offline"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        # A fresh machine has not fetched what other systems alone need.
        done = subprocess.run(command[:-1], cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        sys.exit(f"{' '.join(command[:-1])} failed:\n{done.stderr}")
    return done.stdout


def allows(expression, allowed):
    """Whether an SPDX expression can be met by allowed licences; '/' is an old way to say OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    words = []
    for token in tokens:
        if words and (token == "WITH" or words[-1].endswith(" WITH")):
            words[-1] += " " + token
        else:
            words.append(token)
    at = 0

    def joined(by, part, holds):
        nonlocal at
        met = [part()]
        while at < len(words) and words[at] == by:
            at += 1
            met.append(part())
        return holds(met)

    def either():
        return joined("OR", lambda: joined("AND", one, all), any)

    def one():
        nonlocal at
        word = words[at] if at < len(words) else ""
        at += 1
        if word != "(":
            return word in allowed
        met = either()
        at += 1
        return met

    return either() and at >= len(words)


def is_of(version, wanted):
    """Whether 1.2.3 is one of the versions 1.2."""
    return version == wanted or version.startswith(wanted + ".")


def numbers(version):
    return tuple(int(part) for part in re.findall(r"\d+", version.split("-")[0].split("+")[0]))[:3]


def twice(versions, skipped):
    """Faults of {name: versions} where no more than one may stand beside the skipped ones."""
    faults, used = [], set()
    for name, all_of_it in sorted(versions.items()):
        left = set(all_of_it)
        for crate in skipped:
            of, _, wanted = crate.partition("@")
            old = {version for version in left if of == name and is_of(version, wanted)}
            if old and len(all_of_it) > 1:
                left -= old
                used.add(crate)
        if len(left) > 1:
            faults.append(f"{name} stands {len(left)} times: {', '.join(sorted(left))}")
    faults += [f"the skip of {crate} is needed no longer" for crate in skipped if crate not in used]
    return faults


def banned(edges, rules):
    """Faults of (user, used) pairs; a rule's wrappers alone may use what it bans."""
    faults = []
    for rule in rules:
        for user in sorted({user for user, used in edges if used == rule["crate"]}):
            if user not in rule.get("wrappers", []):
                faults.append(f"{user} draws in {rule['crate']} ({rule['reason']})")
    return faults


def has_unsafe(code):
    """Whether Rust code has the word outside comments and strings."""
    code = re.sub(r'//[^\n]*|r#+".*?"#+|"(?:\\.|[^"\\])*"', "", code, flags=re.S)
    return re.search(r"\bunsafe\b", code) is not None


def self_test():
    faults = []
    allowed = {"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"}
    for expression, expected in [
        ("MIT", True),
        ("MIT/GPL-3.0", True),
        ("MIT AND GPL-3.0", False),
        ("GPL-3.0 OR MIT", True),
        ("(MIT OR GPL-3.0) AND Apache-2.0", True),
        ("(MIT OR GPL-3.0) AND GPL-3.0", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MIT WITH LLVM-exception", False),
        ("", False),
    ]:
        if allows(expression, allowed) != expected:
            faults.append(f"allows({expression!r}) is not {expected}")
    if twice({"a": ["1.0.0", "2.0.0"], "b": ["1.0.0"]}, ["a@1"]):
        faults.append("a skipped version is counted")
    if len(twice({"a": ["1.0.0", "2.0.0"], "b": ["1.0.0"]}, ["b@1"])) != 2:
        faults.append("two versions or a skip without need is missed")
    rules = [{"crate": "net", "reason": "x", "wrappers": ["w"]}]
    if banned([("w", "net")], rules) or not banned([("v", "net")], rules):
        faults.append("bans are not told")
    if numbers("1.91") < numbers("1.9.5") or has_unsafe('// unsafe\n"unsafe"') or not has_unsafe("unsafe {"):
        faults.append("versions or unsafe are not told")
    return faults


def built():
    """(name, version, licence) of all packages that are built, and (user, used) pairs of names."""
    tree = cargo(
        "tree", "--target", "all", "--edges", "normal,build,dev", "--prefix", "depth",
        "--format", "|{p}|{l}", "--no-dedupe",
    )
    packages, edges, above = set(), set(), []
    for line in tree.splitlines():
        depth, _, rest = line.partition("|")
        if not depth.isdigit():
            continue
        package, licence = rest.rsplit("|", 1)
        name, version = package.split()[:2]
        del above[int(depth):]
        if above:
            edges.add((above[-1], name))
        above.append(name)
        packages.add((name, version.removeprefix("v"), licence.replace(" (*)", "")))
    return packages, edges


def main():
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    own = manifest["package"]["name"]
    cases = [("the rules tell good from bad", self_test())]

    packages, edges = built()
    others = sorted(package for package in packages if package[0] != own)
    cases.append(("cargo names the packages", [] if len(others) > 100 else [f"only {len(others)}"]))
    allowed = set(rules["licenses"]["allow"])
    faults = [f"{n} {v}: {licence!r}" for n, v, licence in others if not allows(licence, allowed)]
    needed = set(re.findall(r"[\w.-]+(?: WITH [\w.-]+)?", " ".join(licence for _, _, licence in others)))
    faults += [f"no package has {licence} any more" for licence in allowed - needed]
    cases.append((f"licences of {len(others)} packages", faults))

    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    faults = [
        f"{package['name']} comes from {package.get('source', 'a folder')}"
        for package in lock
        if package["name"] != own and (package.get("source") != REGISTRY or "checksum" not in package)
    ]
    cases.append((f"sources and checksums of {len(lock)} locked packages", faults))

    versions = {}
    for name, version, _ in others:
        versions.setdefault(name, []).append(version)
    cases.append(("duplicates", twice(versions, [entry["crate"] for entry in rules["bans"]["skip"]])))
    cases.append(("bans", banned(edges, rules["bans"]["deny"])))

    wildcards = [
        name
        for kind in ("dependencies", "dev-dependencies", "build-dependencies")
        for name, wanted in manifest.get(kind, {}).items()
        if (wanted if isinstance(wanted, str) else wanted.get("version", "*")) == "*"
    ]
    cases.append(("every dependency names its version", wildcards))

    # So CI's build is the one with minimal versions, too (`cargo update -Z direct-minimal-versions` changes none of them).
    locked = {(package["name"], package["version"].split("+")[0]) for package in lock}
    tables = [manifest, *manifest.get("target", {}).values()]
    faults = [
        f"{name} {wanted} is not what is locked"
        for table in tables
        for kind in ("dependencies", "dev-dependencies")
        for name, wanted in table.get(kind, {}).items()
        if (name, wanted if isinstance(wanted, str) else wanted.get("version")) not in locked
    ]
    cases.append(("the least versions allowed are those that are locked", faults))

    fuzzed = tomllib.loads((ROOT / "fuzz/Cargo.lock").read_text())["package"]
    versions = {(package["name"], package["version"]) for package in lock}
    names = {name for name, _ in versions}
    faults = [
        f"fuzz/Cargo.lock has {p['name']} {p['version']}, Cargo.lock has not"
        for p in fuzzed
        if p["name"] in names and (p["name"], p["version"]) not in versions
    ]
    there = {name.split()[0] for p in fuzzed if p["name"] == own for name in p["dependencies"]}
    for name in sorted({name for table in tables for name in table.get("dependencies", {})} - there):
        faults.append(f"fuzz/Cargo.lock does not know that {name} is a dependency; copy Cargo.lock over it and build there")
    cases.append(("fuzz/Cargo.lock follows Cargo.lock", faults))

    metadata = json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    said = manifest["package"]["rust-version"]
    there = {(name, version) for name, version, _ in others}
    faults = [
        f"{package['name']} {package['version']} needs {package['rust_version']}, Cargo.toml says {said}"
        for package in metadata
        if (package["name"], package["version"]) in there
        and numbers(package["rust_version"] or "1.0") > numbers(said)
    ]
    if f"({said} or later)" not in (ROOT / "README.md").read_text():
        faults.append(f"README.md does not say ({said} or later)")
    cases.append((f"no package needs a newer Rust than {said}", faults))

    code = {path: path.read_text() for folder in ("src", "benches", "tests") for path in (ROOT / folder).rglob("*.rs")}
    faults = [f"{path.relative_to(ROOT)} has unsafe code" for path in sorted(code) if has_unsafe(code[path])]
    if manifest["lints"]["rust"].get("unsafe_code") != "forbid":
        faults.append("Cargo.toml does not forbid unsafe_code")
    cases.append(("no unsafe code", faults))

    text = "\n".join(code.values())
    faults = [
        f"{name} is used nowhere"
        for kind in ("dependencies", "dev-dependencies")
        for name in manifest[kind]
        if not re.search(rf"\b{name.replace('-', '_')}\b", text)
    ]
    if (ROOT / "build.rs").exists() or "build" in manifest["package"]:
        faults.append("a build script runs code while it builds")
    cases.append(("no dependency without use, no build script", faults))

    failed = 0
    for name, faults in cases:
        failed += bool(faults)
        print(f"{'FAILED' if faults else 'passed'}: {name}")
        for fault in faults:
            print(f"    {fault}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
