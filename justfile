# The documented commands by short names. Nothing needs this file.

set default-list

# Run the service on this machine
run:
    cargo run -p local

# Run the quick tests
test:
    cargo test

# Run the tests that take long
test-long:
    tests/long/run

# Check the format
fmt:
    cargo fmt --all --check

# Run the lints
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Build the documentation of all crates
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# Check the boundaries between crates and modules
floors:
    tests/floors/run

# Count the instructions of comparing credentials
token-timing:
    tests/token_timing/run

# Try the page of the API's description in a browser
api-page:
    tests/api_page/run

# Fuzz everything that reads input from outside
fuzz *arguments:
    tests/fuzz/run {{ arguments }}

# Send requests generated from the API's description
schemathesis *seed:
    infra/requirements/with schemathesis tests/schemathesis/run {{ seed }}

# Generate clients in Python and TypeScript and send requests with them
generated-clients:
    infra/requirements/with openapi tests/generated_clients/run

# Invoke every function under cargo lambda
cargo-lambda:
    infra/requirements/with emulated-aws tests/cargo_lambda/run

# Deploy the template to an emulated AWS and test it
e2e:
    infra/requirements/with emulated-aws tests/e2e/run

# Mutate the pure modules and run their tests
mutants:
    cargo mutants

# Measure everything, and write docs/performance.md
bench:
    cargo run --release -p bench -- all

# Run every check of CI
ci:
    bash .ci/run
