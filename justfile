# The project's commands. `just check` is what CI runs, without the demo.

# lists these recipes
list:
    @{{just_executable()}} --list

# format, lints, tests, docs
check:
    cargo fmt --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    {{just_executable()}} test
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# every test, or those whose name contains FILTER
test FILTER="":
    @if command -v cargo-nextest >/dev/null; then cargo nextest run --workspace --locked {{FILTER}}; else cargo test --workspace --locked {{FILTER}}; fi

# renews the expected outputs; read the difference before committing it
bless:
    DAYBOOK_BLESS=1 INSTA_UPDATE=always cargo test --workspace --locked

# one simulated year, as files, in target/simulated/SEED
simulate SEED:
    cargo run --release --locked -- simulate --seed {{SEED}} --out target/simulated/{{SEED}} --force

# speed, as ratios measured in one run
bench:
    cargo bench --workspace --locked --bench '*'

# the properties at full numbers with their figures, and every mutant of the fold; `log`: thousands of kills, and Litestream's;
# `truth`: a hundred simulated years, each member and sum of their books held against the truth
prove WHAT="fold":
    {{just_executable()}} prove-{{WHAT}}

[private]
prove-fold:
    PROPTEST_CASES=4096 cargo test --workspace --locked --release -- --nocapture
    tests/mutants/run

[private]
prove-log:
    DAYBOOK_KILLS=5000 cargo test --locked --release --package daybook --test crash
    tests/litestream/run 100

[private]
prove-truth:
    DAYBOOK_YEARS=100 cargo test --locked --release --package daybook --bin daybook years -- --nocapture
    DAYBOOK_FAULTS=100 cargo test --locked --release --package daybook --bin daybook faults -- --nocapture

# half an hour of one fuzz target (envelope, wire, import, opener), on from the kept corpus; docs/TESTING.md says what it needs
fuzz TARGET *OPTIONS="-max_total_time=1800":
    tests/fuzz/run {{TARGET}} {{OPTIONS}}

# the demo, in ./daybook-demo
demo:
    cargo run --release --locked -- demo

# the one binary, in target/release
release:
    cargo build --release --locked
