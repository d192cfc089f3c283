# List what can be done
default:
    @just --list --unsorted

# Turn raw/ into output/
pipeline *ARGS:
    cargo run --release --locked -- run {{ARGS}}

# Run all tests
test *ARGS:
    cargo test --locked {{ARGS}}

# Judge output/ against the contract and the raw files
check:
    cargo run --release --locked -- check output --raw raw

# Write output/ and the golden files anew after a change that is meant; review the diff
bless:
    cargo run --release --locked -- run
    BLESS=1 cargo test --locked

# Write what docs/loading.md and the notebooks show anew (needs tests/python/requirements.txt)
bless-docs:
    python tests/python/loading.py --bless
    python tests/python/notebook.py --bless

# Break things on purpose: kill runs, fail calls, fill disks, feed hostile texts, flip bits
torture *SCRIPTS:
    cargo build --release --locked
    tests/torture/run target/release/rapporteur {{SCRIPTS}}

# Measure the stages and the whole run
bench *ARGS:
    cargo bench --locked {{ARGS}}

# Formatting and lints, warnings denied
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- --deny warnings

# The library's documentation
docs:
    RUSTDOCFLAGS="--deny warnings" cargo doc --locked --no-deps

# All that CI runs
ci:
    .ci/run
